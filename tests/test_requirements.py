"""The rule for what a test needs of the machine."""

import pytest

from tests.requirements import REQUIRE_ALL_VARIABLE, Requirement, require


def test_what_is_there_lets_the_test_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(REQUIRE_ALL_VARIABLE, "1")
    require(Requirement("Chromium", "install it", lambda: True))


def test_what_is_absent_skips_the_test_and_names_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(REQUIRE_ALL_VARIABLE, raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"Chromium.*install it"):
        require(Requirement("Chromium", "install it", lambda: False))


def test_what_is_absent_fails_the_test_where_all_is_required(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(REQUIRE_ALL_VARIABLE, "1")
    with pytest.raises(pytest.fail.Exception, match="NOT TESTED"):
        require(Requirement("Chromium", "install it", lambda: False))
