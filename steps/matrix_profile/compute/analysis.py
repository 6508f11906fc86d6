"""The analysis of one column of one file."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from steps.contract.errors import BadDataError
from steps.matrix_profile.compute.columns import Columns
from steps.matrix_profile.compute.findings import (
    Pair,
    find_discords,
    find_motifs,
)
from steps.matrix_profile.compute.layout import detect_layout
from steps.matrix_profile.compute.profile import MatrixProfile
from steps.matrix_profile.compute.readings import Readings, take_readings
from steps.matrix_profile.compute.series import Cleaning, Series, clean
from steps.matrix_profile.compute.window_choice import (
    WindowChoice,
    choose_window,
)
from steps.matrix_profile.compute.windows import Floats

Engine = Callable[[Floats, int], MatrixProfile]


@dataclass(frozen=True, eq=False)
class Prepared:
    """A series that is ready for its matrix profile.

    Attributes:
        columns: The file's columns.
        readings: What was read from it.
        series: The evenly sampled series.
        cleaning: What was done to get it.
        window: How long a window is, and why.
    """

    columns: Columns
    readings: Readings
    series: Series
    cleaning: Cleaning
    window: WindowChoice


@dataclass(frozen=True, eq=False)
class Analysis:
    """A series, its matrix profile and what was found in it.

    Attributes:
        prepared: The series and where it comes from.
        profile: Its matrix profile.
        motifs: The most alike pairs of windows.
        discords: The windows least like any other.
    """

    prepared: Prepared
    profile: MatrixProfile
    motifs: tuple[Pair, ...]
    discords: tuple[Pair, ...]


def prepare(
    file: Path, variable: str, window: int | None, where: str = ""
) -> Prepared:
    """Reads and cleans the column to analyse.

    Args:
        file: The CSV file.
        variable: Name of the column.
        window: Samples in a window; None to choose.
        where: Which rows to use, such as ``meter=A``; all where empty.

    Returns:
        The series, ready for its matrix profile.

    Raises:
        BadDataError: The file or the column cannot be analysed.
    """
    layout = detect_layout(file, variable)
    columns = Columns(file, layout)
    readings = take_readings(columns, layout.column, where)
    series, cleaning = clean(readings)
    choice = choose_window(series, window)
    return Prepared(columns, readings, series, cleaning, choice)


def analyse(prepared: Prepared, engine: Engine) -> Analysis:
    """Computes a matrix profile and what it shows.

    Args:
        prepared: The series.
        engine: Computes the matrix profile.

    Returns:
        The analysis.

    Raises:
        BadDataError: No window of the series is free of missing values.
    """
    length = prepared.window.length
    profile = engine(prepared.series.values, length)
    if not np.isfinite(profile.distances).any():
        raise BadDataError(
            f"No two windows of {length} samples can be compared: values are "
            "missing in all but one stretch of the column. Fill the gaps, or "
            "set a shorter WINDOW_LENGTH."
        )
    return Analysis(
        prepared,
        profile,
        tuple(find_motifs(profile)),
        tuple(find_discords(profile)),
    )
