"""Writing a table anew: UTF-8, commas, one header, line feeds."""

import csv
from pathlib import Path

from steps.tabular.dialect import Alterations, Dialect
from steps.tabular.reader import Policy, read_rows


def rewrite(
    source: Path, dialect: Dialect, policy: Policy, target: Path
) -> Alterations:
    """Writes the rows of a file in the plainest dialect, one by one.

    Args:
        source: The file.
        dialect: How it is written.
        policy: What may be altered.
        target: Where the rows go.

    Returns:
        What was altered.

    Raises:
        BadDataError: The file cannot be read under the policy.
        OSError: A file cannot be read or written.
    """
    alterations = Alterations()
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(dialect.columns)
        writer.writerows(read_rows(source, dialect, policy, alterations))
    return alterations
