"""The report's sections, in words."""

from dataclasses import dataclass

from steps.matrix_profile.compute.analysis import Analysis
from steps.matrix_profile.compute.drawing import MOST_POINTS, outline
from steps.matrix_profile.compute.findings import Pair
from steps.matrix_profile.compute.readings import Readings
from steps.matrix_profile.compute.series import LONGEST_FILLED_GAP, Cleaning
from steps.matrix_profile.compute.wording import (
    period_text,
    samples_text,
    time_text,
)

SHAPE_WIDTH = 240
SHAPE_HEIGHT = 64
SEPARATOR_NAMES = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "vertical bar",
    "#": "number sign",
    " ": "blank",
    "~": "tilde",
    "^": "circumflex",
    "\x1f": "unit separator",
}


@dataclass(frozen=True)
class Named:
    """A fact with its name."""

    name: str
    value: str


@dataclass(frozen=True)
class Rule:
    """A cleaning rule, and how many values it touched."""

    found: str
    done: str
    touched: int


@dataclass(frozen=True)
class Place:
    """A window that a reader can go to."""

    start: int
    line: str
    label: str
    time: str


@dataclass(frozen=True)
class Finding:
    """A motif or a discord as the page shows it."""

    distance: str
    path: str
    neighbour_path: str
    places: tuple[Place, ...]
    width: int = SHAPE_WIDTH
    height: int = SHAPE_HEIGHT


def facts(analysis: Analysis) -> list[Named]:
    """Sums up what was analysed.

    Args:
        analysis: The analysis.

    Returns:
        The facts for the report's head.
    """
    prepared = analysis.prepared
    series = prepared.series
    last = series.values.size - 1
    return [
        Named("From", time_text(series, 0)),
        Named("To", time_text(series, last)),
        Named("Sampling period", period_text(series)),
        Named("Rows in the file", f"{prepared.readings.rows:,}"),
        Named("Samples analysed", f"{series.values.size:,}"),
        Named("Window", samples_text(series, prepared.window.length)),
    ]


def findings(
    analysis: Analysis, pairs: tuple[Pair, ...], labels: tuple[str, str]
) -> list[Finding]:
    """Turns motifs or discords into what the page shows.

    Args:
        analysis: The analysis.
        pairs: Its motifs or its discords.
        labels: What to call the window and its nearest neighbour.

    Returns:
        One entry a pair.
    """
    series = analysis.prepared.series
    length = analysis.profile.window
    own, other = labels
    return [
        Finding(
            distance=f"{pair.distance:.3g}",
            path=_shape(analysis, pair.start, length),
            neighbour_path=_shape(analysis, pair.neighbour, length),
            places=(
                Place(pair.start, "self", own, time_text(series, pair.start)),
                Place(
                    pair.neighbour,
                    "other",
                    other,
                    time_text(series, pair.neighbour),
                ),
            ),
        )
        for pair in pairs
    ]


def _shape(analysis: Analysis, start: int, length: int) -> str:
    values = analysis.prepared.series.values[start : start + length]
    return outline(values, SHAPE_WIDTH, SHAPE_HEIGHT)


def cleaning_rules(cleaning: Cleaning) -> list[Rule]:
    """Returns what each cleaning rule touched.

    Args:
        cleaning: What was done.

    Returns:
        All rules, those that touched nothing too.
    """
    examples = ", ".join(f"“{text}”" for text in cleaning.examples)
    such = f", such as {examples}" if examples else ""
    gap = LONGEST_FILLED_GAP
    return [
        Rule("Empty cells and marks such as “-” or “NA”",
             "taken as missing", cleaning.missing),
        Rule(f"Text among the numbers{such}",
             "taken as missing", cleaning.text),
        Rule(f"Codes for “missing”{_codes(cleaning)}",
             "taken as missing", sum(code.count for code in cleaning.codes)),
        Rule(f"Rows without a readable time{_untimed(cleaning)}", "dropped",
             cleaning.untimed),
        Rule("Rows out of order", "sorted by time", cleaning.unordered),
        Rule("Rows that repeat a time",
             "dropped; the first number at each time stays",
             cleaning.repeated),
        Rule("Readings a little off the even grid",
             "taken as they are, at the nearest sample", cleaning.moved),
        Rule("Readings between the samples of the even grid",
             "used to interpolate only", cleaning.off_grid),
        Rule(f"Samples in gaps of at most {gap}",
             "interpolated linearly", cleaning.filled),
        Rule("Samples in longer gaps",
             "left missing; windows that touch them have no distance",
             cleaning.left_missing),
    ]  # fmt: skip


def cleaning_summary(analysis: Analysis) -> str:
    """Describes how the file was read.

    Args:
        analysis: The analysis.

    Returns:
        A few sentences.
    """
    dialect = analysis.prepared.columns.layout.dialect
    separator = SEPARATOR_NAMES.get(dialect.separator, dialect.separator)
    readings = analysis.prepared.readings
    decimal = {".": " and a decimal point", ",": " and a decimal comma"}.get(
        readings.numbers.decimal or "", ""
    )
    return (
        f"The file was read as {dialect.encoding} text with a "
        f"{separator} between fields{decimal}. "
        f"{_times_used(readings)}{_grid_used(analysis)}"
    )


def _times_used(readings: Readings) -> str:
    names = readings.time_names
    if not names:
        return "No column holds the rows' times: the row number is the time."
    columns = "column" if len(names) == 1 else "columns"
    zone = (
        "whose cells name their offset from UTC"
        if readings.offsets
        else "by the clock of the file"
    )
    return f"The times are those of the {columns} {_listed(names)}, {zone}."


def _grid_used(analysis: Analysis) -> str:
    series = analysis.prepared.series
    if not series.timed:
        return ""
    if series.months:
        return " The samples are whole calendar periods."
    return " The samples stand on an even grid at the usual time between rows."


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1])[len(names) == 1 :])


def _codes(cleaning: Cleaning) -> str:
    if not cleaning.codes:
        return " such as -9999, apart from all other numbers"
    shown = (f"{code.value:.7g} ({code.count:,})" for code in cleaning.codes)
    return f", apart from all other numbers: {', '.join(shown)}"


def _untimed(cleaning: Cleaning) -> str:
    example = cleaning.untimed_example
    return f", such as “{example}”" if example else ""


def method(analysis: Analysis) -> list[Named]:
    """Describes how the matrix profile was computed.

    Args:
        analysis: The analysis.

    Returns:
        What a reader needs to compute it again.
    """
    prepared, profile = analysis.prepared, analysis.profile
    entries = [
        Named(
            "Window length",
            f"{samples_text(prepared.series, profile.window)}. "
            f"{prepared.window.reason}",
        ),
        Named(
            "Distance",
            "The z-normalised Euclidean distance of each window to its "
            "nearest neighbour: it compares shapes, not levels. Windows "
            "within a quarter of a window of each other do not count as "
            "neighbours.",
        ),
        Named(
            "Constant windows",
            f"{int(profile.constant.sum()):,} windows hold one value only. "
            "They are at distance 0 from each other and at the square root "
            "of the window length from any other; motifs and discords leave "
            "them out.",
        ),
        Named("Software", "quickmp, with STUMPY's definitions."),
    ]
    if profile.unchecked:
        entries.append(
            Named(
                "Precision",
                f"{profile.unchecked:,} distances may have rounding errors: "
                "computing them again would have taken too long.",
            )
        )
    return entries


def drawn(analysis: Analysis) -> str:
    """Describes what the charts leave out.

    Args:
        analysis: The analysis.

    Returns:
        A sentence, empty when they leave out nothing.
    """
    size = analysis.prepared.series.values.size
    if size <= MOST_POINTS:
        return ""
    return (
        f"The charts draw at most {MOST_POINTS:,} of the {size:,} samples: "
        "the smallest and the largest of each short stretch. All samples "
        "were analysed."
    )
