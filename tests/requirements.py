"""What a test needs of the machine, in one rule for all of them."""

import os

import pytest

REQUIRE_ALL_VARIABLE = "MODERATE_REQUIRE_ALL"
REQUIRE_ALL = "1"


def require(condition: bool, what: str, how: str) -> None:
    """Skips the test, and says why, where the machine lacks something.

    Where ``MODERATE_REQUIRE_ALL=1`` is set, as in CI, the test fails
    instead, so that nothing goes untested there.

    Args:
        condition: Whether the machine has it.
        what: What the test needs, for example "Chromium".
        how: How to get it, as a command or a sentence.
    """
    if condition:
        return
    message = f"NOT TESTED: this needs {what}. To get it: {how}"
    if os.environ.get(REQUIRE_ALL_VARIABLE) == REQUIRE_ALL:
        pytest.fail(message, pytrace=False)
    pytest.skip(message)
