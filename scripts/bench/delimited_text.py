"""Measures how delimited text is read, over two public collections.

    make bench-csv FOLDER=…

``FOLDER`` holds check-outs of github.com/HPI-Information-Systems/Pollock as
``Pollock`` and of github.com/ws-garcia/CSVsniffer as ``CSVsniffer``. Nothing
of them is committed here.
"""

import csv
import json
import logging
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import clevercsv
import duckdb
import pandas as pd

from steps.contract.errors import BadDataError
from steps.dataset_from_git.convert.convert import convert
from steps.dataset_from_git.convert.reading_rules import ReadingRules
from steps.tabular.detect import detect
from steps.tabular.dialect import Alterations
from steps.tabular.reader import FLAT, LEAVE_OUT, Policy, read_rows

SEPARATORS = {
    "comma": ",",
    "semicolon": ";",
    "tab": "\t",
    "vslash": "|",
    "space": " ",
    "nsign": "#",
}
ANNOTATED = {
    "CSV_Wrangling": "CCSV-manual_Dialect_Annotation.txt",
    "CSV": "POLLOCK-dialect_annotations.txt",
    "W3C-CSVW": "W3C-CSVW-dialect_annotations.txt",
}
MADE_UP = re.compile(r"col_\d+")
REFUSED = "refused clearly"
CLEVER_CHARACTERS = 6144
EXAMPLES = 12
Rows = list[list[str]]
Reading = tuple[Rows, bool]
Reader = Callable[[Path], Reading]


def show(line: str) -> None:
    """Prints a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def our_separator(file: Path) -> str:
    """Detects with this project's reader; empty where it refuses."""
    try:
        return detect(file).separator
    except BadDataError:
        return ""


def duckdb_separator(file: Path) -> str:
    """Detects with DuckDB."""
    with duckdb.connect() as one:
        found = one.execute("SELECT Delimiter FROM sniff_csv(?)", [str(file)])
        return str((found.fetchone() or [""])[0])


def clever_separator(file: Path) -> str:
    """Detects with CleverCSV, from as much text as its authors take."""
    text = file.read_text(encoding="utf-8", errors="replace")
    found = clevercsv.Sniffer().sniff(text[:CLEVER_CHARACTERS])
    return str(found.delimiter if found else "")


def pandas_separator(file: Path) -> str:
    """Detects as ``pandas.read_csv(sep=None)`` does."""
    text = file.read_text(encoding="utf-8", errors="replace")
    return csv.Sniffer().sniff(text[:CLEVER_CHARACTERS]).delimiter


DETECTORS = {
    "ours": our_separator,
    "DuckDB": duckdb_separator,
    "CleverCSV": clever_separator,
    "pandas": pandas_separator,
}


def annotated(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yields the annotated files that are there, with their separators."""
    for name, annotations in ANNOTATED.items():
        table = folder / "python/ground truth" / annotations
        for line in table.read_text(errors="replace").splitlines()[2:]:
            file, _, separator, *_ = line.split("|")
            path = folder / "python" / name / file
            if separator in SEPARATORS and path.is_file():
                yield path, SEPARATORS[separator]


def separators(folder: Path) -> None:
    """Prints how many separators each detector finds."""
    files = list(annotated(folder))
    for name, detector in DETECTORS.items():
        results = Counter(_verdict(detector, *each) for each in files)
        show(f"separator, {len(files)} files, {name}: {dict(results)}")


def _verdict(
    detector: Callable[[Path], str], file: Path, separator: str
) -> str:
    try:
        found = detector(file)
    except Exception:
        return REFUSED
    if not found:
        return REFUSED
    return "right" if found == separator else "wrong"


def our_header(file: Path) -> tuple[int, bool]:
    """Finds lines before the table, and whether it has a header."""
    dialect = detect(file)
    return dialect.preamble, dialect.header_rows > 0


def duckdb_header(file: Path) -> tuple[int, bool]:
    """Finds the same with DuckDB."""
    with duckdb.connect() as one:
        found = one.execute(
            "SELECT SkipRows, HasHeader FROM sniff_csv(?)", [str(file)]
        )
        lines, header = found.fetchone() or (0, False)
        return int(lines), bool(header)


def clever_header(file: Path) -> tuple[int, bool]:
    """Finds the same with CleverCSV, which finds no preamble."""
    text = file.read_text(encoding="utf-8", errors="replace")
    return 0, bool(clevercsv.Sniffer().has_header(text[:CLEVER_CHARACTERS]))


HEADERS = {
    "ours": our_header,
    "DuckDB": duckdb_header,
    "CleverCSV": clever_header,
}


def headers(folder: Path) -> None:
    """Prints how many headers each detector finds in its annotated place."""
    for name, detector in HEADERS.items():
        groups: dict[str, Counter[str]] = {}
        for file in sorted((folder / "csv").iterdir()):
            right, group = _annotated_header(folder, file)
            try:
                found = detector(file)
            except Exception:
                verdict = REFUSED
            else:
                verdict = "right" if found == right else "wrong"
            groups.setdefault(group, Counter())[verdict] += 1
        show(f"headers, {name}: { {k: dict(v) for k, v in groups.items()} }")


def _annotated_header(
    folder: Path, file: Path
) -> tuple[tuple[int, bool], str]:
    """Returns where a header is, and which group of files has such."""
    parameters = folder / "parameters" / f"{file.name}_parameters.json"
    noted = json.loads(parameters.read_text())
    before, rows = (
        int(noted[f"{key}_lines"]) for key in ("preamble", "header")
    )
    if not rows:
        return (before, False), "no header"
    if before:
        return (before, True), "under a preamble"
    return (0, True), "one row" if rows == 1 else "several rows"


def ours(policy: Policy) -> Reader:
    """Returns a reader with one policy."""

    def read(file: Path) -> Reading:
        dialect = detect(file)
        alterations = Alterations()
        rows = list(read_rows(file, dialect, policy, alterations))
        reported = bool(dialect.remarks) or any(alterations.sentences())
        header = [list(dialect.columns)] if dialect.header_rows else []
        return [*header, *rows], reported

    return read


def converted(file: Path) -> Reading:
    """Reads what the conversion makes of a file."""
    with tempfile.TemporaryDirectory() as folder:
        csv_file = Path(folder) / "made.csv"
        parquet = Path(folder) / "made.parquet"
        made = convert(file, ReadingRules(), parquet, csv_file)
        rows = rows_of(csv_file)
        numbered = any("has no header" in remark for remark in made.remarks)
        return rows[1:] if numbered else rows, bool(made.remarks)


def with_duckdb(file: Path) -> Reading:
    """Reads with DuckDB, without parameters."""
    with duckdb.connect() as one:
        found = one.read_csv(str(file), all_varchar=True)
        rows = [["" if c is None else c for c in r] for r in found.fetchall()]
        return [list(found.columns), *rows], False


def with_clever(file: Path) -> Reading:
    """Reads with CleverCSV."""
    return clevercsv.read_table(str(file)), False


def with_pandas(file: Path) -> Reading:
    """Reads with pandas, without parameters."""
    frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    return [list(frame.columns), *frame.to_numpy().tolist()], False


READERS: dict[str, Reader] = {
    "job": ours(LEAVE_OUT),
    "conversion": converted,
    "tolerant": ours(FLAT),
    "DuckDB": with_duckdb,
    "CleverCSV": with_clever,
    "pandas": with_pandas,
}


def rows_of(file: Path) -> Rows:
    """Reads plain CSV."""
    with file.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.reader(text))


def measures(right: Rows, read: Rows) -> list[float]:
    """Computes Pollock's ten measures (Vitagliano et al., VLDB 2023)."""
    if not right:
        return [1.0] * 10
    read = read or [[]]
    return [
        1.0,
        *_overlap(right[0], read[0]),
        *_overlap(_joined(right[1:]), _joined(read[1:])),
        *_overlap(_cells(right), _cells(read)),
    ]


def _joined(rows: Rows) -> list[str]:
    return ["".join(row) for row in rows]


def _cells(rows: Rows) -> list[str]:
    return [cell for row in rows for cell in row]


def _overlap(right: Sequence[str], read: Sequence[str]) -> list[float]:
    if not right:
        return [1.0] * 3
    common = (Counter(right) & Counter(read)).total()
    if not common:
        return [0.0] * 3
    one, other = common / len(right), common / len(read)
    return [one, other, 2 * one * other / (one + other)]


def collection(folder: Path, weights: dict[str, int]) -> None:
    """Prints how files with a clean version are read."""
    files = sorted((folder / "csv").iterdir())
    for name, reader in READERS.items():
        verdicts: Counter[str] = Counter()
        simple = weighted = 0.0
        examples: dict[str, list[str]] = {}
        for file in files:
            verdict, score = _read(reader, file, folder / "clean" / file.name)
            verdicts[verdict] += 1
            examples.setdefault(verdict, []).append(file.name)
            simple += score / len(files)
            weighted += score * weights.get(file.name, 0)
        total = sum(weights.get(file.name, 0) for file in files) or 1
        show(
            f"{folder.name}, {len(files)} files, {name}: {dict(verdicts)}, "
            f"score {simple:.3f}, weighted {weighted / total:.3f}"
        )
        wrong = examples.get("silently wrong", [])
        if wrong:
            show("    silently wrong: " + ", ".join(wrong[:EXAMPLES]))


def _read(reader: Reader, file: Path, clean: Path) -> tuple[str, float]:
    right = _stripped(rows_of(clean))
    try:
        found, reported = reader(file)
    except Exception:
        return REFUSED, 10.0 if not right else 0.0
    rows = _stripped(found)
    score = sum(measures(right, rows))
    if _values(rows, right) == _values(right, right):
        return "right", score
    return ("altered and reported" if reported else "silently wrong"), score


def _values(rows: Rows, right: Rows) -> Rows:
    """Leaves out empty cells at rows' ends, and a header that is made up."""
    made_up = bool(right) and all(map(MADE_UP.fullmatch, right[0]))
    kept = rows[1:] if made_up and len(rows) == len(right) else rows
    return [
        row[: 1 + max((at for at, cell in enumerate(row) if cell), default=-1)]
        for row in kept
    ]


def _stripped(rows: Rows) -> Rows:
    return [[cell.strip() for cell in row] for row in rows if row]


def main() -> None:
    """Measures both collections."""
    logging.disable(logging.WARNING)
    csv.field_size_limit(sys.maxsize)
    folder = Path(sys.argv[1])
    separators(folder / "CSVsniffer")
    pollock = folder / "Pollock"
    headers(pollock / "survey_sample")
    weights = json.loads((pollock / "pollock_weights.json").read_text())
    collection(pollock / "polluted_files", weights)
    collection(pollock / "survey_sample", {})


if __name__ == "__main__":
    main()
