"""The chart, rendered by Helm."""

import pytest

from tests.chart.helm import (
    Object,
    example,
    service_names,
    template,
    without,
)


@pytest.fixture(scope="session")
def installed() -> list[Object]:
    """What the chart installs with its default values."""
    return template()


@pytest.fixture(scope="session")
def development() -> list[Object]:
    """What the chart installs to develop."""
    return template(files=[example("development")])


@pytest.fixture(scope="session")
def production() -> list[Object]:
    """What the chart installs in production."""
    return template(files=[example("production")])


@pytest.fixture(scope="session")
def nothing() -> list[Object]:
    """What the chart installs with every service switched off."""
    return template(without(*service_names()))
