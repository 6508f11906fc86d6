"""The chapters' names, without what playing them needs."""

from enum import StrEnum


class ChapterName(StrEnum):
    """The chapters of the demonstration, in the order in which they play."""

    MATRIX_PROFILE = "matrix-profile"
    DATASETS = "datasets"
    CATALOG = "catalog"
