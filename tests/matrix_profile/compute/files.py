"""CSV files and series for the tests."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

DATA = Path(__file__).parents[2] / "data"
WEATHER = DATA / "weather13.csv"
METADATA = DATA / "meta_open.csv"
PHOTOVOLTAICS = DATA / "v1.0_Data_T3.1_Dynamicanalysis_PVanalysis.csv"
START = datetime(2024, 1, 1, tzinfo=UTC)
QUARTER_HOUR = timedelta(minutes=15)


def stamps(count: int, step: timedelta = QUARTER_HOUR) -> list[str]:
    """Returns evenly spaced ISO times without an offset."""
    return [
        (START + step * index).strftime("%Y-%m-%d %H:%M:%S")
        for index in range(count)
    ]


def waves(count: int, seed: int = 0) -> NDArray[np.float64]:
    """Returns a daily wave at quarter hours, with some noise."""
    noise = np.random.default_rng(seed).normal(size=count)
    return 20 + 5 * np.sin(np.arange(count) * 2 * np.pi / 96) + 0.3 * noise


def write_csv(
    folder: Path,
    values: Sequence[object],
    times: Sequence[str] | None = None,
    variable: str = "load",
) -> Path:
    """Writes a CSV file of a time column and a column of values."""
    times = stamps(len(values)) if times is None else times
    lines = [f"time,{variable}"]
    lines += [
        f"{time},{value}" for time, value in zip(times, values, strict=True)
    ]
    file = folder / "readings.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def write_text(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    """Writes a file as it stands."""
    file = folder / "readings.csv"
    file.write_bytes(text.encode(encoding))
    return file
