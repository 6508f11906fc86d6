"""How long a field may be for the standard library's CSV reader."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager

from steps.dataset_from_git.convert.inspection import LONGEST_ROW_BYTES


@contextmanager
def long_fields() -> Iterator[None]:
    """Lets a field be as long as a row may be.

    Yields:
        Nothing; afterwards the limit is what it was.
    """
    limit = csv.field_size_limit(LONGEST_ROW_BYTES)
    try:
        yield
    finally:
        csv.field_size_limit(limit)
