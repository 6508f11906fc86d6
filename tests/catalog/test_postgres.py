"""Databases of every kind reach the catalog, and harm no other."""

import pytest

from argo_offline.run.nodes import Phase
from steps.catalog.names import entity_name, postgres_service
from steps.catalog.report import Outcome
from tests.catalog.conftest import Recording
from tests.catalog.ingestion import SLOWEST_RUN_SECONDS, Ingestion
from tests.catalog.sources import (
    BROKEN,
    DENIED,
    EMPTY,
    ENERGY,
    HOSTILE_COLUMNS,
    HOSTILE_DATABASES,
    HOSTILE_TABLE,
    IGNORED,
    UNSTORABLE_TABLE,
)

pytestmark = pytest.mark.timeout(SLOWEST_RUN_SECONDS)

hostile_database = pytest.mark.parametrize(
    "database", HOSTILE_DATABASES.values(), ids=HOSTILE_DATABASES.keys()
)


def test_a_run_in_which_a_database_failed_has_failed(kept: Recording) -> None:
    assert kept.ran.result.phase is Phase.FAILED


def test_the_databases_that_failed_are_those_that_must(
    kept: Recording,
) -> None:
    failed = {
        name
        for name, line in kept.ran.lines.items()
        if line.outcome is Outcome.FAILED
    }
    assert failed == {DENIED}


def test_a_database_with_a_broken_view_is_partial(kept: Recording) -> None:
    partial = {
        name
        for name, line in kept.ran.lines.items()
        if line.outcome is Outcome.PARTIAL
    }
    assert partial == {BROKEN}


def test_the_table_of_the_run_has_a_line_for_each_database(
    kept: Recording,
) -> None:
    lines = kept.ran.table.splitlines()[2:-1]
    assert len(lines) == len(kept.ran.lines)


def test_a_database_without_the_right_to_connect_is_named(
    kept: Recording,
) -> None:
    assert "permission denied" in kept.ran.lines[DENIED].error


def test_nothing_is_described_of_a_database_that_cannot_be_read(
    kept: Recording,
) -> None:
    assert kept.tables_of(postgres_service(DENIED)) == {}


@pytest.mark.parametrize("text", ["public.broken", "division by zero"])
def test_a_broken_view_is_named_with_the_reason(
    kept: Recording, text: str
) -> None:
    assert text in kept.ran.lines[BROKEN].error


def test_a_name_that_the_server_refuses_is_named(kept: Recording) -> None:
    stored = entity_name(UNSTORABLE_TABLE)
    error = kept.ran.lines[BROKEN].error
    assert f"1 tables are missing on the server: public.{stored}" in error


def test_a_broken_view_is_described_like_any_other(kept: Recording) -> None:
    tables = kept.tables_of(postgres_service(BROKEN))
    assert tables["public.broken"]["tableType"] == "View"


def test_a_table_beside_a_broken_view_is_profiled(kept: Recording) -> None:
    tables = kept.tables_of(postgres_service(BROKEN))
    assert "profile" in tables["public.things"]


def test_a_database_that_is_to_be_ignored_is_not_in_the_catalog(
    kept: Recording,
) -> None:
    assert postgres_service(IGNORED) not in kept.services
    assert IGNORED not in kept.ran.lines


def test_an_empty_database_is_in_the_catalog(kept: Recording) -> None:
    assert kept.ran.lines[EMPTY].outcome is Outcome.DONE
    assert postgres_service(EMPTY) in kept.services


@hostile_database
def test_a_hostile_name_is_a_service_of_its_own(
    kept: Recording, database: str
) -> None:
    assert kept.ran.lines[database].outcome is Outcome.DONE
    assert postgres_service(database) in kept.services


@hostile_database
def test_a_hostile_table_is_found_again_in_its_database(
    kept: Recording, database: str
) -> None:
    tables = kept.tables_of(postgres_service(database))
    assert list(tables) == [f"public.{entity_name(HOSTILE_TABLE)}"]


@hostile_database
def test_hostile_columns_are_profiled(kept: Recording, database: str) -> None:
    (table,) = kept.tables_of(postgres_service(database)).values()
    assert set(table["columnProfiles"]) == set(
        map(entity_name, HOSTILE_COLUMNS)
    )


def test_every_request_was_one_that_the_server_supports(
    kept: Recording,
) -> None:
    assert kept.unknown == []


def test_no_request_was_refused_as_invalid(kept: Recording) -> None:
    assert kept.refused == []


def test_each_database_has_both_pipelines(kept: Recording) -> None:
    service = postgres_service(ENERGY)
    assert f"{service}.metadata" in kept.pipelines
    assert f"{service}.profiler" in kept.pipelines


@pytest.mark.parametrize(
    "variable", ["POSTGRES_PASSWORD", "OPEN_METADATA_TOKEN"]
)
def test_a_secret_is_in_nothing_that_a_verbose_run_leaves(
    kept: Recording, ingestion: Ingestion, variable: str
) -> None:
    assert " DEBUG " in kept.ran.log()
    assert ingestion.environment[variable] not in kept.ran.log()


def test_no_service_holds_the_credentials(
    kept: Recording, ingestion: Ingestion
) -> None:
    assert ingestion.environment["POSTGRES_PASSWORD"] not in str(kept.services)


def test_a_dropped_table_is_marked_as_deleted(kept_later: Recording) -> None:
    deleted = kept_later.tables_of(postgres_service(ENERGY), deleted=True)
    assert list(deleted) == ["public.weather"]


def test_a_new_table_is_described(kept_later: Recording) -> None:
    assert "public.tariffs" in kept_later.tables_of(postgres_service(ENERGY))


def test_an_edited_display_name_fails_no_later_run(
    kept_later: Recording,
) -> None:
    assert kept_later.ran.lines[ENERGY].outcome is Outcome.DONE


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("displayName", "The meters"),
        ("description", "Edited by a person."),
    ],
)
def test_what_a_person_has_edited_stays(
    kept_later: Recording, field: str, value: str
) -> None:
    table = kept_later.tables_of(postgres_service(ENERGY))["public.meters"]
    assert table[field] == value


def test_a_run_of_metadata_alone_leaves_profiles_as_they_are(
    kept: Recording, kept_later: Recording
) -> None:
    service = postgres_service(ENERGY)
    before = kept.tables_of(service)["public.readings"]["profile"]
    after = kept_later.tables_of(service)["public.readings"]["profile"]
    assert after == before


def test_a_run_over_one_database_leaves_the_others_alone(
    kept: Recording, kept_later: Recording
) -> None:
    service = postgres_service(BROKEN)
    assert kept_later.tables_of(service) == kept.tables_of(service)
