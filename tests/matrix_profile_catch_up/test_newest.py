"""Finding the end of the jobs' numbers."""

import pytest

from steps.matrix_profile_catch_up.newest import newest


@pytest.mark.parametrize("last", [0, 1, 2, 3, 7, 8, 9, 1_000, 123_456])
def test_the_newest_job_is_found(last: int) -> None:
    assert newest(lambda job: job <= last) == last


def test_the_newest_job_is_found_with_few_requests() -> None:
    asked: list[int] = []

    def exists(job: int) -> bool:
        asked.append(job)
        return job <= 1_000_000

    newest(exists)
    assert len(asked) <= 42


def test_a_missing_number_leads_to_no_number_beyond_the_end() -> None:
    found = newest(lambda job: job <= 100 and job != 64)
    assert 0 < found <= 100
