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
CANDIDATES = ("cp1252", "cp1250", "cp1251", "cp932", "mac_roman", "cp850")
DECIDED = 0.02
LIKELY = 0.5
UNLIKELY = 0.25
ENOUGH_LETTERS = 10
UNIT_BONUS = 0.1
RARENESS = {"mac_roman": 0.05, "cp850": 0.05}
SHORTEST_WORD = 3
SAMPLE_BYTES = 1 << 16
_OTHER_THINGS = (
    (re.compile(rb"PK\x03\x04"), "an Excel workbook or a ZIP archive"),
    (re.compile(rb"\xd0\xcf\x11\xe0"), "an old Excel workbook"),
    (re.compile(rb"\x1f\x8b"), "a gzip archive"),
    (re.compile(rb"PAR1"), "a Parquet file"),
    (re.compile(rb"%PDF"), "a PDF document"),
)
_WEST = (
    "äöüß", "àâæçéèêëîïôœùûüÿ", "áéíóúüñºª", "áâãàçéêíóõôúü",
    "àèéìíîòóùú", "æøåéöäüó", "åäöéü", "áéíóúýþæðö", "ëïéèêöüáóí",
    "àçèéíïòóúü",
)  # fmt: skip
_CENTRAL = (
    "ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű",
    "ăâîşţșț", "čćđšž", "äöüß",
)  # fmt: skip
_LETTERS = {
    "cp1252": _WEST,
    "cp1250": _CENTRAL,
    "mac_roman": _WEST,
    "cp850": _WEST,
}
"""The letters beyond ASCII of each language that an encoding is used for."""
_SYMBOLS = frozenset(
    "°²³µ€£§±\u00d7½¼¾«»…•·™®©¿¡\u2013\u2014\u2018\u2019“”„\u00a0"
)
_UNITS = re.compile(
    r"°(?:[CFK]\b|(?!\w))|(?<![^\W\d_]{2})m[²³](?!\w)|\bµ[gms]\b"
)
_INSIDE = re.compile(
    r"[^\W\d_][°²³€£§±\u00d7½«»…“”„¿¡](?=[^\W\d_A-Z])|"
    r"(?<!\b[cdjlmnstCDJLMNST])(?<!\b[Qq]u)(?<!ll)\u2019"
    r"(?!(?:[dmst]|ll|re|ve)\b)(?=[a-z])"
)
"""A sign within a word, where none belongs."""
_IN_WORD = re.compile(r"[A-Za-z][^\W\d_A-Za-z]|[^\W\d_A-Za-z][A-Za-z]")
_WORDS = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")


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
            return named[0], _sentence(sample, named[0])
    scores = {
        each: _score(sample, each) - RARENESS.get(each, 0) for each in fitting
    }
    best = max(fitting, key=scores.__getitem__)
    wide = sum(not each.isascii() for each in sample.decode(best, "replace"))
    least = LIKELY if best != WESTERN else UNLIKELY
    if scores[best] < least and (best != WESTERN or wide >= ENOUGH_LETTERS):
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
    return best, _sentence(sample, best, *rivals[:1])


def _not_understood() -> BadDataError:
    return BadDataError(
        "The file is neither UTF-8 nor Windows-1252 text, nor text in "
        "another encoding that is understood. Save it as UTF-8."
    )


def _sentence(sample: bytes, encoding: str, rival: str = "") -> str:
    readings = (
        (word.decode(encoding, "replace"), word.decode(rival, "replace"))
        if rival
        else (word.decode(encoding, "replace"), "")
        for word in _WORDS.findall(sample)
    )
    shown, other = next(
        (each for each in readings if each[0] != each[1]), ("", "")
    )
    more = f" (as {rival}, {other!r})" if rival else ""
    return (
        f"The text is not UTF-8; it was read as {encoding}, for example "
        f"{shown!r}{more}. If that is wrong, save the file as UTF-8."
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
        mixed = len(_IN_WORD.findall(text))
        return (good - 2 * half - mixed) / len(wide) - 0.05
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
    letters = [each.lower() for each in wide if each not in _SYMBOLS]
    known = max(
        sum(each in language for each in letters)
        for language in _LETTERS[encoding]
    )
    known += len(wide) - len(letters)
    odd = len(_INSIDE.findall(text)) + sum(
        before.islower()
        and each.isupper()
        and before not in _SYMBOLS
        and not (before.isascii() and each.isascii())
        for before, each in pairwise(text)
    )
    units = UNIT_BONUS if _UNITS.search(text) else 0.0
    if encoding in RARENESS and not units and not _IN_WORD.search(text):
        return 0.0
    return (known - odd) / len(wide) + units
