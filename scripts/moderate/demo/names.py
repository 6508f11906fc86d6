"""The demos' names, without what running them needs."""

from enum import StrEnum


class DemoName(StrEnum):
    """The demos, in the order in which they run."""

    MATRIX_PROFILE = "matrix-profile"
    DATASETS = "datasets"
    CATALOG = "catalog"
