"""Who wins where a person and the source describe the same thing."""

from typing import Any

import pytest

from moderate.demo.databases import connected
from steps.catalog.names import postgres_service
from tests.catalog.ingestion import SLOWEST_RUN_SECONDS, Ingestion
from tests.catalog.sources import DESCRIBED

pytestmark = pytest.mark.timeout(SLOWEST_RUN_SECONDS)

COMMENTS = """
COMMENT ON TABLE things IS '{0} table';
COMMENT ON COLUMN things.id IS '{0} column';
"""


@pytest.fixture(scope="module")
def overwritten(
    ingestion: Ingestion, databases: dict[str, str]
) -> dict[str, Any]:
    """A table that a person edited, and whose source then overwrote that."""
    table = f"{postgres_service(DESCRIBED)}.{DESCRIBED}.public.things"
    ingestion.double.reset()
    for word, overwrite in (("First", False), ("Second", True)):
        with connected(databases, DESCRIBED) as connection:
            connection.execute(COMMENTS.format(word).encode())
        ingestion.run(
            "postgres-ingestion",
            include=[DESCRIBED],
            work="metadata",
            overwrite_descriptions=overwrite,
        )
        if not overwrite:
            ingestion.edit(table, displayName="Mine", description="Mine.")
    return ingestion.double.tables()[table]


def test_the_source_overwrites_the_description_of_a_table(
    overwritten: dict[str, Any],
) -> None:
    assert overwritten["description"] == "Second table"


def test_the_source_overwrites_the_description_of_a_column(
    overwritten: dict[str, Any],
) -> None:
    (column,) = overwritten["columns"]
    assert column["description"] == "Second column"


def test_the_display_name_goes_with_the_description(
    overwritten: dict[str, Any],
) -> None:
    assert "displayName" not in overwritten
