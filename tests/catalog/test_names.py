"""Each database and prefix has a service of its own, found again by name."""

from hashlib import sha256

import pytest

from steps.catalog.names import (
    LONGEST_NAME,
    column_name,
    database_name,
    datalake_service,
    entity_name,
    postgres_service,
    quoted,
)
from tests.hostile import HOSTILE, hostile

SAME_SLUG = ["a_b", "a-b", "A_b", "a b", "a.b", "_a_b", "a__b", "á_b", "a_b?"]


def test_an_ordinary_database_is_called_by_its_slug() -> None:
    service = postgres_service("building_stock_2024")
    assert service == "platform-postgres-building-stock-2024"


@pytest.mark.parametrize("name", SAME_SLUG[1:])
def test_another_name_has_its_digest_too(name: str) -> None:
    digest = sha256(name.encode()).hexdigest()
    assert postgres_service(name).endswith(f"-{digest}")


def test_two_databases_of_one_slug_stay_two_services() -> None:
    assert len({postgres_service(name) for name in SAME_SLUG}) == len(
        SAME_SLUG
    )


def test_a_prefix_is_called_by_its_slug_and_digest() -> None:
    digest = sha256(b"Jane Assets/").hexdigest()
    assert datalake_service("Jane Assets/") == (
        f"platform-datalake-jane-assets-{digest}"
    )


def test_two_prefixes_of_one_slug_stay_two_services() -> None:
    names = {datalake_service(f"{name}/") for name in SAME_SLUG}
    assert len(names) == len(SAME_SLUG)


@hostile
def test_a_service_is_a_plain_name(hostile: str) -> None:
    for service in (postgres_service(hostile), datalake_service(hostile)):
        assert set(service) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_a_service_is_not_longer_than_a_name_may_be() -> None:
    assert len(datalake_service("x" * 1024)) <= LONGEST_NAME
    assert len(postgres_service("ü" * 31 + "!")) <= LONGEST_NAME


def test_two_long_prefixes_stay_two_services() -> None:
    one, other = (datalake_service("x" * 1000 + end) for end in "ab")
    assert one != other


def test_hostile_databases_stay_apart() -> None:
    assert len({database_name(name) for name in HOSTILE.values()}) == len(
        HOSTILE
    )


@hostile
def test_a_database_has_nothing_that_a_url_would_read(hostile: str) -> None:
    assert "?" not in database_name(hostile)


@hostile
def test_an_entity_has_nothing_that_openmetadata_refuses(hostile: str) -> None:
    name = entity_name(hostile)
    assert not any(text in name for text in ("::", ">", '"', "\n"))


@pytest.mark.parametrize(
    "header",
    ["h" * 257, "h" * 300, "ü" * 300, '"' * 20, '"' * 256, f"{'h' * 255}>"],
)
def test_a_long_header_is_shortened_so_that_it_can_be_stored(
    header: str,
) -> None:
    short = column_name(header)
    assert len(entity_name(short)) <= LONGEST_NAME
    assert short == column_name(header)
    assert short != column_name(header + "x")


@pytest.mark.parametrize("header", ["", "h" * 256, "a > b", 'a "b"'])
def test_a_header_that_can_be_stored_stays_as_it_is(header: str) -> None:
    assert column_name(header) == header


def test_a_part_of_a_full_name_with_a_dot_is_quoted() -> None:
    assert (quoted("a.b"), quoted("ab")) == ('"a.b"', "ab")
