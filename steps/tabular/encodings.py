"""Which encoding a text has, decided by all of its bytes."""

import codecs
import re
from itertools import pairwise
from pathlib import Path

from steps.contract.errors import BadDataError

BLOCK_BYTES = 1 << 20
UTF_8 = "utf-8"
WESTERN = "cp1252"
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CANDIDATES = ("cp1252", "cp1250", "cp1251", "cp932")
DECIDED = 0.02
LIKELY = 0.5
SHORTEST_WORD = 3
SAMPLE_BYTES = 1 << 16
_OTHER_THINGS = (
    (re.compile(rb"PK\x03\x04"), "an Excel workbook or a ZIP archive"),
    (re.compile(rb"\xd0\xcf\x11\xe0"), "an old Excel workbook"),
    (re.compile(rb"\x1f\x8b"), "a gzip archive"),
    (re.compile(rb"PAR1"), "a Parquet file"),
    (re.compile(rb"%PDF"), "a PDF document"),
)
_LETTERS = {
    "cp1252": "äöüßÄÖÜéèàçñáíóúâêîôûëïãõåæøÅÆØÉÈìòùœ°²³µ€"
    "ªºÑÁÓÚÍÀÂÊÔÇ"
    "\u2013\u2019“”„·\u00d7½",
    "cp1250": "ąćęłńóśźżĄĆĘŁŃÓŚŹŻčďěňřšťůýžČĎĚŇŘŠŤŮÝŽáéíúőűŐŰöüäßăâîșț°€"
    "\u2013”„",
}


class OtherEncodingError(BadDataError):
    """A text is not in the encoding that it was read in."""


def refuse_other_things(beginning: bytes) -> None:
    """Refuses files that are no text.

    Args:
        beginning: The first bytes.

    Raises:
        BadDataError: They are those of another format.
    """
    for signature, what in _OTHER_THINGS:
        if signature.match(beginning):
            raise BadDataError(
                f"The file is {what}, not a CSV file. Export it as CSV."
            )


def detect_encoding(file: Path, hint: str = "") -> tuple[str, str]:
    """Finds the encoding of a file.

    Args:
        file: The file.
        hint: A text that occurs in it, where one is given; it decides
            between encodings of one byte.

    Returns:
        The encoding, and a sentence where it was guessed.

    Raises:
        BadDataError: The file is no text, or no encoding fits.
    """
    with file.open("rb") as stream:
        beginning = stream.read(BLOCK_BYTES)
    refuse_other_things(beginning)
    for mark, encoding in BYTE_ORDER_MARKS:
        if beginning.startswith(mark):
            _decodes(file, encoding, refuse=True)
            return encoding, ""
    if b"\0" in beginning:
        wide = _wide(beginning)
        if wide and _decodes(file, wide):
            return wide, ""
        raise BadDataError(
            "The file is binary, not a CSV file: "
            f"byte {beginning.index(0) + 1:,} is NUL."
        )
    if _decodes(file, UTF_8):
        return UTF_8, ""
    return _guessed(file, hint)


def _wide(beginning: bytes) -> str | None:
    """Recognises UTF-16 and UTF-32 without a mark by their NULs."""
    even, odd = beginning[::2].count(0), beginning[1::2].count(0)
    half = len(beginning) // 2
    if odd > half // 2 and even <= half // 20:
        return "utf-16-le"
    if even > half // 2 and odd <= half // 20:
        return "utf-16-be"
    third = len(beginning) // 4
    if beginning[1::4].count(0) > third * 0.9:
        return "utf-32-le" if beginning[3::4].count(0) else "utf-32-be"
    return None


def _decodes(file: Path, encoding: str, *, refuse: bool = False) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with file.open("rb") as stream:
            while block := stream.read(BLOCK_BYTES):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeError:
        if refuse:
            raise BadDataError(
                f"The file begins as {encoding} text, but is not. Save it "
                "as UTF-8."
            ) from None
        return False
    return True


def _guessed(file: Path, hint: str) -> tuple[str, str]:
    """Decides by the bytes that are not ASCII; each line counts once."""
    sample = _sample_lines(file)
    fitting = [each for each in CANDIDATES if _decodes(file, each)]
    if not fitting:
        raise _not_understood()
    wanted = hint.strip()
    if wanted and not wanted.isascii():
        named = [e for e in fitting if wanted in sample.decode(e, "replace")]
        if named:
            return named[0], _sentence(named[0], sample)
    scores = {each: _score(sample, each) for each in fitting}
    best = max(fitting, key=scores.__getitem__)
    if best != WESTERN and scores[best] < LIKELY:
        raise _not_understood()
    rivals = [
        each
        for each in fitting
        if each != best
        and scores[each] > scores[best] - DECIDED
        and sample.decode(each, "replace") != sample.decode(best)
    ]
    if rivals and best != WESTERN:
        raise BadDataError(
            f"The file's encoding is ambiguous: {best} or {rivals[0]}. "
            "Save it as UTF-8."
        )
    return best, _sentence(best, sample)


def _not_understood() -> BadDataError:
    return BadDataError(
        "The file is neither UTF-8 nor Windows-1252 text, nor text in "
        "another encoding that is understood. Save it as UTF-8."
    )


def _sentence(encoding: str, sample: bytes) -> str:
    text = sample.decode(encoding, "replace")
    words = re.findall(r"\w*[^\W\x00-\x7f]\w*|[^\x00-\x7f]+", text)
    example = f", for example {words[0]!r}" if words else ""
    return (
        f"The text is not UTF-8; it was read as {encoding}{example}. If that "
        "is wrong, save the file as UTF-8."
    )


def _sample_lines(file: Path) -> bytes:
    found: list[bytes] = []
    size = 0
    with file.open("rb") as stream:
        rest = b""
        while size < SAMPLE_BYTES and (block := stream.read(BLOCK_BYTES)):
            *lines, rest = (rest + block).splitlines(keepends=True)
            for line in lines:
                if not line.isascii() and size < SAMPLE_BYTES:
                    found.append(line)
                    size += len(line)
        if not rest.isascii():
            found.append(rest)
    return b"".join(dict.fromkeys(found))


def _score(sample: bytes, encoding: str) -> float:
    """Rates how well the characters beyond ASCII fit a language."""
    text = sample.decode(encoding, "replace")
    wide = [each for each in text if not each.isascii()]
    if not wide:
        return 0.0
    if encoding == "cp932":
        good = sum("\u3040" <= e <= "\u30ff" or e >= "\u4e00" for e in wide)
        half = sum("\uff61" <= e <= "\uff9f" for e in wide)
        return (good - 2 * half) / len(wide) - 0.05
    if encoding == "cp1251":
        words = re.findall(r"[^\W\d_]+", text)
        inside = sum(
            len(w)
            for w in words
            if len(w) >= SHORTEST_WORD
            and all("\u0400" <= c <= "\u04ff" for c in w)
            and (w[1:].islower() or w.isupper())
        )
        return inside / len(wide)
    letters = _LETTERS[encoding]
    odd = sum(
        before.islower() and each.isupper() and not each.isascii()
        for before, each in pairwise(text)
    )
    odd += len(re.findall(r"(?<=[a-z])[^\w\x00-\x7f](?=[a-z])", text))
    return (sum(e in letters for e in wide) - odd) / len(wide)
