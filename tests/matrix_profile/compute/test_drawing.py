"""Series made small enough to draw."""

import base64
import re

import numpy as np

from steps.matrix_profile.compute.drawing import (
    MOST_POINTS,
    encode_line,
    outline,
    thin_out,
)


def decoded(text: str, kind: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), dtype=kind)


def test_short_line_keeps_all_samples() -> None:
    assert thin_out(np.zeros(10), most=10).tolist() == list(range(10))


def test_long_line_keeps_extremes_of_each_bucket() -> None:
    values = np.array([0, 9, 1, 1, 5, -5, 0, 0.0])
    assert thin_out(values, most=4).tolist() == [0, 1, 4, 5]


def test_long_line_keeps_gaps_longer_than_a_bucket() -> None:
    values = np.arange(100.0)
    values[40:60] = np.nan
    assert np.isnan(values[thin_out(values, most=20)]).any()


def test_long_line_is_drawn_with_few_enough_samples() -> None:
    random = np.random.default_rng(0)
    for size in (MOST_POINTS + 1, 100_003, 500_000):
        assert thin_out(random.normal(size=size)).size <= MOST_POINTS


def test_small_changes_on_a_large_offset_survive_encoding() -> None:
    values = 1e9 + np.arange(10.0)
    line = encode_line(values)
    restored = decoded(line["values"], "<f4").astype(float) + line["base"]
    assert restored.tolist() == values.tolist()


def test_infinite_distance_is_encoded_as_a_gap() -> None:
    line = encode_line(np.array([1.0, np.inf]))
    assert np.isnan(decoded(line["values"], "<f4")).tolist() == [False, True]


def test_line_of_gaps_is_encoded() -> None:
    assert encode_line(np.full(3, np.nan))["base"] == 0


def test_sample_numbers_of_a_long_line_are_encoded() -> None:
    line = encode_line(np.arange(MOST_POINTS * 2.0))
    samples = line["samples"]
    assert samples is not None
    assert decoded(samples, "<u4")[-1] == MOST_POINTS * 2 - 1


def test_outline_stays_within_its_box() -> None:
    path = outline(np.random.default_rng(1).normal(size=4_000), 240, 64)
    numbers = np.array(re.findall(r"[\d.]+", path), dtype=float)
    assert numbers[::2].max() <= 240
    assert numbers[1::2].max() <= 64


def test_outline_of_a_constant_window_is_level() -> None:
    assert (
        outline(np.full(3, 7.0), 100, 40) == "M0.0 20.0L50.0 20.0L100.0 20.0"
    )
