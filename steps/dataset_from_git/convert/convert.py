"""From a CSV file to a Parquet file and a normalised CSV file."""

import logging
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from steps.contract.errors import BadDataError
from steps.dataset_from_git.convert.doubts import DoubtfulRowError, Doubts
from steps.dataset_from_git.convert.files import (
    FileFacts,
    explain_system_error,
    hashed_file,
    keep_bytes,
)
from steps.dataset_from_git.convert.kinds import Kind
from steps.dataset_from_git.convert.memory import share_one_heap
from steps.dataset_from_git.convert.normalised import write_csv
from steps.dataset_from_git.convert.opening import (
    Opened,
    open_source,
    rewritten,
)
from steps.dataset_from_git.convert.parquet import write_parquet
from steps.dataset_from_git.convert.reading_rules import ReadingRules
from steps.dataset_from_git.convert.rows import (
    OtherKindError,
    read_pieces,
)
from steps.dataset_from_git.convert.source_table import SourceTable
from steps.dataset_from_git.convert.survey import sample, survey

_log = logging.getLogger(__name__)


class Conversion(BaseModel):
    """The outcome of a file.

    Attributes:
        rows: How many rows it has, the header not counted.
        columns: How many columns.
        parquet: The Parquet file.
        csv: The normalised CSV file.
        csv_kept: Whether the CSV file has the source's own bytes.
        encoding: How the source's text was encoded.
        kinds: How many columns there are of each kind.
        renamed: The columns that the Parquet file calls otherwise than the
            source, because a name was empty or there twice: new name to old.
        remarks: What was assumed and altered in reading, as sentences.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: int
    columns: int
    parquet: FileFacts
    csv: FileFacts
    csv_kept: bool
    encoding: str
    kinds: dict[Kind, int]
    renamed: dict[str, str]
    remarks: tuple[str, ...] = ()


def convert(
    source: Path, reading: ReadingRules, parquet: Path, csv: Path
) -> Conversion:
    """Converts a file; its memory does not depend on the file's size.

    Args:
        source: The CSV file.
        reading: How it is read.
        parquet: Where the Parquet file goes.
        csv: Where the normalised CSV file goes; it may become another name
            of ``source``, so neither is to be changed in place.

    Returns:
        Its outcome.

    Raises:
        BadDataError: The file is not CSV, or cannot be read.
        TemporaryError: The disk is full, or failed.
    """
    share_one_heap()
    try:
        return _converted(source, reading, parquet, csv)
    except BaseException:
        parquet.unlink(missing_ok=True)
        csv.unlink(missing_ok=True)
        raise


def _converted(
    source: Path, reading: ReadingRules, parquet: Path, csv: Path
) -> Conversion:
    scratch = csv.with_name(f"{csv.name}.rewritten")
    try:
        opened = open_source(source, reading, scratch)
        try:
            return _outputs(opened, parquet, csv)
        except DoubtfulRowError:
            again = rewritten(opened, scratch)
        except BadDataError as error:
            if opened.rewritten:
                raise
            again = _tolerated(opened, scratch, error)
        return _outputs(again, parquet, csv)
    except OSError as error:
        raise explain_system_error(error) from error
    finally:
        scratch.unlink(missing_ok=True)


def _tolerated(opened: Opened, scratch: Path, error: BadDataError) -> Opened:
    """Reads anew, row by row; fails as before where that is no use."""
    try:
        return rewritten(opened, scratch)
    except BadDataError:
        raise error from None


def _outputs(opened: Opened, parquet: Path, csv: Path) -> Conversion:
    table = opened.table
    typed = opened.dialect.typed
    kinds, rows, parquet_facts, empty = _make_parquet(
        table, None if opened.rewritten else typed, parquet
    )
    kept = table.inspection.is_canonical(table.rules)
    csv_facts = _keep_csv(table, csv) if kept else _make_csv(table, kinds, csv)
    remarks = (*opened.remarks, *table.header.remarks, *empty)
    for remark in remarks:
        _log.warning("%s", remark)
    return Conversion(
        rows=rows,
        columns=table.columns,
        parquet=parquet_facts,
        csv=csv_facts,
        csv_kept=kept,
        encoding=opened.dialect.encoding.removesuffix("-sig"),
        kinds=dict(Counter(kinds)),
        renamed=table.header.renamed,
        remarks=remarks,
    )


def _make_parquet(
    table: SourceTable, typed: Sequence[bool] | None, target: Path
) -> tuple[list[Kind], int, FileFacts, tuple[str, ...]]:
    """Writes the Parquet file, at the first attempt where a guess holds.

    What lines from all over the file hold is the least that their columns
    need. Where every cell then reads as that and none only looks like it,
    it is what all cells need. Otherwise all cells are looked at first.
    """
    if table.inspection.plain:
        kinds = sample(table)
        try:
            return kinds, *_write_parquet(table, kinds, typed, target)
        except OtherKindError:
            _log.info("The sample did not suffice: reading all rows first.")
    kinds = survey(table)
    return kinds, *_write_parquet(table, kinds, typed, target)


def _write_parquet(
    table: SourceTable,
    kinds: Sequence[Kind],
    typed: Sequence[bool] | None,
    target: Path,
) -> tuple[int, FileFacts, tuple[str, ...]]:
    """Writes the Parquet file, and checks its rows."""
    doubts = Doubts.of(table, kinds, typed)
    with (
        closing(read_pieces(table, kinds)) as pieces,
        hashed_file(target) as file,
    ):
        rows = write_parquet(
            doubts.check(pieces),
            table.header.names,
            kinds,
            file,
            table.inspection.size,
        )
    return rows, file.facts, doubts.remarks


def _make_csv(
    table: SourceTable, kinds: Sequence[Kind], target: Path
) -> FileFacts:
    with hashed_file(target) as file:
        write_csv(
            read_pieces(table),
            table.header.written,
            kinds,
            table.rules.decimal,
            file,
        )
    return file.facts


def _keep_csv(table: SourceTable, target: Path) -> FileFacts:
    keep_bytes(table.source, target)
    return FileFacts(
        size=table.inspection.size, sha256=table.inspection.sha256
    )
