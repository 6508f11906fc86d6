"""The form of single cells, to distinguish names from values."""

import re

MISSING_WORDS = frozenset(
    {"", "-", "--", "?", "na", "n/a", "#n/a", "nan", "null", "none", "nd"}
)
EXPECTED_TEXT = 40
LONGEST_TYPED = 48
_NUMBER = re.compile(
    r"[<>~≈]?\s*[-+\u2212]?\s*[$€£¥]?\s*[-+\u2212]?"
    r"(?:\d[\d.,'\u2019\u00a0\u202f ]*|[.,]\d+)(?:[eE][+-]?\d+)?"
    r"\s*(?:%|‰|[$€£¥]|[kMGT]?(?:W|Wh|V|A|VA|var|Hz|J)|°C|°)?"
)
_TIME = re.compile(
    r"\d{1,4}(?:[-/.: T_]+(?:\d{1,4}|[^\W\d_]{3,10})\.?){1,7}"
    r"(?:[.,]\d+)?\s*(?:Z|UTC|GMT|[A-Z]{2,4}|[ap]\.?m\.?)?"
    r"(?:\s*[+-]\d\d:?\d\d)?(?:\s+-\s+\d.*)?",
    re.IGNORECASE,
)
_TEXT = re.compile(r"[^\W_][\w .'\u2019()/%°&+-]*", re.UNICODE)
_ADDRESS = re.compile(
    r"(?:https?|ftp)://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.-]+"
)
_BRACKETED = re.compile(r"[(\[].*[)\]]")


def is_missing(cell: str) -> bool:
    """Returns whether a cell stands for no value.

    Args:
        cell: The cell.

    Returns:
        Whether it is empty or a usual word for that.
    """
    return cell.strip().lower() in MISSING_WORDS


def is_typed(cell: str) -> bool:
    """Returns whether a cell looks like a number or a time.

    Args:
        cell: The cell.

    Returns:
        Whether it does.
    """
    cell = cell.strip()
    if len(cell) > LONGEST_TYPED:
        return False
    return bool(_NUMBER.fullmatch(cell) or _TIME.fullmatch(cell))


def is_unit(cell: str) -> bool:
    """Returns whether a cell stands in brackets, as units do.

    Args:
        cell: The cell.

    Returns:
        Whether it does.
    """
    return _BRACKETED.fullmatch(cell.strip()) is not None


def likeness(cell: str) -> float:
    """Rates how much a cell is like one whole value.

    Args:
        cell: The cell.

    Returns:
        From 0 to 1.
    """
    stripped = cell.strip()
    if (
        is_missing(stripped)
        or is_typed(stripped)
        or _ADDRESS.fullmatch(stripped)
    ):
        return 1.0
    if _TEXT.fullmatch(stripped):
        return 1.0 if len(stripped) <= EXPECTED_TEXT else 0.9
    return 0.1
