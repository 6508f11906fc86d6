"""The double of OpenMetadata keeps what is valid and refuses the rest."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from local_services.open_metadata.faults import Fault, FaultKind
from local_services.open_metadata.server import names
from local_services.open_metadata.serving import ServedOpenMetadata
from local_services.open_metadata.tokens import make_token

SERVICE = "platform-postgres-energy"
SCHEMA = f"{SERVICE}.energy.public"
COLUMNS = [
    {"name": "id", "dataType": "INT"},
    {"name": "reading", "dataType": "DOUBLE"},
]
PROFILE = {"timestamp": 1_700_000_000_000, "rowCount": 3.0}


@pytest.fixture
def api(catalog_server: ServedOpenMetadata) -> Iterator[httpx.Client]:
    """A client that is signed in to an empty double."""
    environment = catalog_server.environment
    with httpx.Client(
        base_url=(
            f"{environment['OPEN_METADATA_HOST']}:"
            f"{environment['OPEN_METADATA_PORT']}/api/v1/"
        ),
        headers={
            "Authorization": f"Bearer {environment['OPEN_METADATA_TOKEN']}"
        },
    ) as client:
        yield client


@pytest.fixture
def administrator(
    api: httpx.Client, catalog_server: ServedOpenMetadata
) -> Iterator[httpx.Client]:
    """A client of an administrator."""
    token = catalog_server.administrators_token
    with httpx.Client(
        base_url=api.base_url, headers={"Authorization": f"Bearer {token}"}
    ) as client:
        yield client


@pytest.fixture
def schema(api: httpx.Client) -> httpx.Client:
    """The same, with a service, a database and a schema."""
    put(
        api,
        "services/databaseServices",
        name=SERVICE,
        serviceType="Postgres",
    )
    put(api, "databases", name="energy", service=SERVICE)
    put(api, "databaseSchemas", name="public", database=f"{SERVICE}.energy")
    return api


def put(api: httpx.Client, route: str, **body: object) -> dict[str, Any]:
    """Sends what must be accepted."""
    answer = api.put(route, json=body)
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found


def table(name: str, **changes: object) -> dict[str, object]:
    """Writes the body of a table."""
    return {
        "name": name,
        "columns": COLUMNS,
        "databaseSchema": SCHEMA,
        **changes,
    }


def delete_schema(api: httpx.Client) -> str:
    """Marks the schema, and what is below it, as deleted; returns its id."""
    found = api.get(f"databaseSchemas/name/{SCHEMA}").json()
    api.delete(
        f"databaseSchemas/{found['id']}", params={"recursive": "true"}
    ).raise_for_status()
    return str(found["id"])


def listed(api: httpx.Client, **query: str) -> list[str]:
    """Lists the tables' names."""
    answer = api.get("tables", params=query).raise_for_status().json()
    return [found["name"] for found in answer["data"]]


def test_a_table_is_served_by_its_name(schema: httpx.Client) -> None:
    sent = put(schema, "tables", **table("meters"))
    found = schema.get(f"tables/name/{SCHEMA}.meters").json()
    assert found["id"] == sent["id"]
    assert found["database"]["name"] == "energy"
    assert found["service"]["name"] == SERVICE


def test_a_table_is_served_by_its_id(schema: httpx.Client) -> None:
    sent = put(schema, "tables", **table("meters"))
    assert schema.get(f"tables/{sent['id']}").json()["name"] == "meters"


def test_a_name_with_a_dot_is_quoted(schema: httpx.Client) -> None:
    sent = put(schema, "tables", **table("a.csv"))
    assert sent["fullyQualifiedName"] == f'{SCHEMA}."a.csv"'
    assert sent["columns"][0]["fullyQualifiedName"] == f'{SCHEMA}."a.csv".id'
    assert schema.get(f'tables/name/{SCHEMA}."a.csv"').is_success


@pytest.mark.parametrize("name", ["plain", "a.b", "ü ñ %", "{{x}}", "a/b.c"])
def test_a_qualified_name_can_be_taken_apart(name: str) -> None:
    assert names.split(names.join("service", name, "x")) == [
        "service",
        name,
        "x",
    ]


@pytest.mark.parametrize("name", ['a"b', "first\nsecond", ""])
def test_a_name_that_cannot_be_qualified_is_refused(name: str) -> None:
    with pytest.raises(names.InvalidNameError):
        names.quote_name(name)


@pytest.mark.parametrize(
    "body",
    [
        table("meters", typo=1),
        table("meters", columns=[{"name": "id", "dataType": "NUMBERS"}]),
        table("a::b"),
        table("first\nsecond"),
        table(""),
        table("x" * 257),
        {"name": "meters", "databaseSchema": SCHEMA},
        [],
    ],
    ids=[
        "unknown field",
        "unknown type",
        "colons",
        "newline",
        "no name",
        "long name",
        "no columns",
        "no object",
    ],
)
def test_an_invalid_body_is_refused(
    schema: httpx.Client, body: object
) -> None:
    assert schema.put("tables", json=body).status_code == 400


def test_a_table_without_its_schema_is_refused(api: httpx.Client) -> None:
    assert api.put("tables", json=table("meters")).status_code == 404


@pytest.mark.parametrize(
    ("token", "status"),
    [
        ("wrong", 401),
        ("fernet:Z0FBQUFBQm4", 401),
        (make_token("ingestion-bot"), 401),
        (make_token("unknown"), 404),
    ],
    ids=["no token", "encrypted", "revoked", "of an unknown user"],
)
def test_a_token_that_is_not_valid_is_refused(
    api: httpx.Client, token: str, status: int
) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    assert api.get("tables", headers=headers).status_code == status


def test_a_new_token_is_encrypted_where_it_is_made_and_then_read_back(
    administrator: httpx.Client,
) -> None:
    user = administrator.get("bots/name/ingestion-bot").json()["botUser"]
    made = administrator.put(
        f"users/generateToken/{user['id']}", json={"JWTTokenExpiry": "7"}
    ).json()
    kept = administrator.get(f"users/token/{user['id']}").json()
    assert made["JWTToken"].startswith("fernet:")
    assert kept["JWTToken"].count(".") == 2


@pytest.mark.parametrize(
    ("seconds", "statuses"), [(0, (401, 200)), (3600, (200, 401))]
)
def test_while_the_bots_token_is_cached_the_old_one_works_and_no_new_one(
    api: httpx.Client,
    administrator: httpx.Client,
    catalog_server: ServedOpenMetadata,
    seconds: int,
    statuses: tuple[int, int],
) -> None:
    catalog_server.double.cache_tokens(seconds)
    user = api.get("bots/name/ingestion-bot").json()["botUser"]["id"]
    administrator.put(
        f"users/generateToken/{user}", json={"JWTTokenExpiry": "7"}
    ).raise_for_status()
    new = administrator.get(f"users/token/{user}").json()["JWTToken"]
    headers = {"Authorization": f"Bearer {new}"}
    assert (
        api.get("tables").status_code,
        api.get("tables", headers=headers).status_code,
    ) == statuses


def test_the_version_needs_no_token(api: httpx.Client) -> None:
    answer = api.get("system/version", headers={"Authorization": ""})
    assert answer.json()["version"].startswith("2.0.")


def test_an_unknown_path_is_noticed(
    api: httpx.Client, catalog_server: ServedOpenMetadata
) -> None:
    assert api.get("nosuch").status_code == 404
    unknown = catalog_server.double.unknown_requests()
    assert unknown == ["GET /api/v1/nosuch"]


def test_an_unknown_parameter_is_refused(schema: httpx.Client) -> None:
    answer = schema.get("tables", params={"page": "1"})
    assert answer.status_code == 400


def test_an_unknown_field_is_refused(schema: httpx.Client) -> None:
    answer = schema.get("tables", params={"fields": "colour"})
    assert answer.status_code == 400


def test_a_list_comes_in_pages(schema: httpx.Client) -> None:
    for number in range(5):
        put(schema, "tables", **table(f"t{number}"))
    found, after = [], ""
    while after is not None:
        query = {"limit": "2", **({"after": after} if after else {})}
        page = schema.get("tables", params=query).json()
        assert page["paging"]["total"] == 5
        found += [one["name"] for one in page["data"]]
        after = page["paging"].get("after")
    assert found == ["t0", "t1", "t2", "t3", "t4"]


def test_a_list_is_of_one_database_alone(schema: httpx.Client) -> None:
    put(schema, "databases", name="other", service=SERVICE)
    put(schema, "databaseSchemas", name="s", database=f"{SERVICE}.other")
    put(schema, "tables", **table("x", databaseSchema=f"{SERVICE}.other.s"))
    put(schema, "tables", **table("meters"))
    assert listed(schema, database=f"{SERVICE}.energy") == ["meters"]


@pytest.mark.parametrize(
    ("mode", "expected"), [("include", ["b"]), ("exclude", ["a"])]
)
def test_a_list_is_narrowed_by_an_expression(
    schema: httpx.Client, mode: str, expected: list[str]
) -> None:
    put(schema, "tables", **table("a"))
    put(schema, "tables", **table("b"))
    assert listed(schema, tableRegex="^b$", regexMode=mode) == expected


def test_several_tables_are_kept_each_for_itself(
    schema: httpx.Client,
) -> None:
    bodies = [table("good"), table("bad::name")]
    answer = schema.put("tables/bulk", json=bodies).json()
    assert answer["numberOfRowsPassed"] == 1
    assert answer["numberOfRowsFailed"] == 1
    assert listed(schema) == ["good"]


def test_a_patch_changes_a_table(schema: httpx.Client) -> None:
    sent = put(schema, "tables", **table("meters"))
    patch = [{"op": "add", "path": "/description", "value": "Read hourly."}]
    schema.patch(f"tables/{sent['id']}", json=patch).raise_for_status()
    found = schema.get(f"tables/{sent['id']}").json()
    assert found["description"] == "Read hourly."
    assert found["version"] == 0.2


@pytest.mark.parametrize(
    ("override", "sent", "kept"),
    [
        ("false", {}, ("Edited.", "Edited.", "Edited.")),
        (
            "false",
            {"description": "New.", "displayName": "New."},
            ("Edited.", "Edited.", "Edited."),
        ),
        ("true", {}, (None, None, "Edited.")),
        (
            "true",
            {"description": "New.", "displayName": "New."},
            ("New.", "New.", "New."),
        ),
    ],
    ids=["nothing", "a change", "override, nothing", "override, a change"],
)
def test_what_a_person_edited_stays_unless_it_is_overridden(
    schema: httpx.Client,
    override: str,
    sent: dict[str, str],
    kept: tuple[str | None, ...],
) -> None:
    identifier = put(schema, "tables", **table("meters"))["id"]
    paths = ("/description", "/displayName", "/columns/0/description")
    schema.patch(
        f"tables/{identifier}",
        json=[
            {"op": "add", "path": path, "value": "Edited."} for path in paths
        ],
    ).raise_for_status()
    described = {k: v for k, v in sent.items() if k == "description"}
    columns = [{**COLUMNS[0], **described}]
    schema.put(
        f"tables/bulk?overrideMetadata={override}",
        json=[table("meters", columns=columns, **sent)],
    ).raise_for_status()
    found = schema.get(f"tables/{identifier}").json()
    assert (
        found.get("description"),
        found.get("displayName"),
        found["columns"][0].get("description"),
    ) == kept


def test_a_patch_cannot_change_a_name(schema: httpx.Client) -> None:
    sent = put(schema, "tables", **table("meters"))
    patch = [{"op": "replace", "path": "/name", "value": "other"}]
    answer = schema.patch(f"tables/{sent['id']}", json=patch)
    assert answer.status_code == 400


def test_a_deleted_table_is_marked_and_not_listed(
    schema: httpx.Client,
) -> None:
    sent = put(schema, "tables", **table("meters"))
    schema.delete(f"tables/{sent['id']}").raise_for_status()
    assert listed(schema) == []
    assert listed(schema, include="deleted") == ["meters"]


def test_a_deleted_table_comes_back_as_itself(schema: httpx.Client) -> None:
    sent = put(schema, "tables", **table("meters"))
    schema.delete(f"tables/{sent['id']}").raise_for_status()
    again = put(schema, "tables", **table("meters"))
    assert again["id"] == sent["id"]
    assert listed(schema) == ["meters"]


def test_what_is_not_empty_is_deleted_with_all_below_or_not_at_all(
    schema: httpx.Client,
) -> None:
    put(schema, "tables", **table("meters"))
    found = schema.get(f"databaseSchemas/name/{SCHEMA}").json()
    answer = schema.delete(f"databaseSchemas/{found['id']}")
    assert answer.status_code == 400
    assert listed(schema) == ["meters"]


@pytest.mark.parametrize("route", ["databaseSchemas", "databaseSchemas/bulk"])
def test_what_is_sent_again_comes_back_with_all_below(
    schema: httpx.Client, route: str
) -> None:
    put(schema, "tables", **table("meters"))
    delete_schema(schema)
    assert listed(schema) == []
    body = {"name": "public", "database": f"{SERVICE}.energy"}
    content = [body] if route.endswith("bulk") else body
    schema.put(route, json=content).raise_for_status()
    assert listed(schema) == ["meters"]


def test_what_is_restored_comes_back_with_all_below(
    schema: httpx.Client,
) -> None:
    put(schema, "tables", **table("meters"))
    put(schema, "databaseSchemas/restore", id=delete_schema(schema))
    assert listed(schema) == ["meters"]


def test_a_hard_delete_takes_all_below(schema: httpx.Client) -> None:
    put(schema, "tables", **table("meters"))
    found = schema.get(f"services/databaseServices/name/{SERVICE}").json()
    schema.delete(
        f"services/databaseServices/{found['id']}",
        params={"recursive": "true", "hardDelete": "true"},
    ).raise_for_status()
    assert listed(schema, include="all") == []


@pytest.mark.parametrize(
    ("changes", "stale", "left", "ever"),
    [
        ({}, ["dropped"], ["kept"], ["dropped", "kept"]),
        ({"seenFqns": []}, [], ["dropped", "kept"], ["dropped", "kept"]),
        (
            {"dryRun": True},
            ["dropped"],
            ["dropped", "kept"],
            ["dropped", "kept"],
        ),
        ({"hardDelete": True}, ["dropped"], ["kept"], ["kept"]),
        (
            {"scopeFqn": f"{SERVICE}.energy.nosuch"},
            [],
            ["dropped", "kept"],
            ["dropped", "kept"],
        ),
    ],
    ids=["some seen", "none seen", "dry run", "hard delete", "no such scope"],
)
def test_stale_deletion_deletes_what_was_not_seen_if_anything_was(
    schema: httpx.Client,
    changes: dict[str, object],
    stale: list[str],
    left: list[str],
    ever: list[str],
) -> None:
    for name in ("dropped", "kept"):
        put(schema, "tables", **table(name))
    body = {
        "scopeFqn": SCHEMA,
        "scopeEntityType": "databaseSchema",
        "seenFqns": [f"{SCHEMA}.kept"],
        "recursive": True,
        **changes,
    }
    answer = schema.request("DELETE", "tables/deleteStale", json=body).json()
    found = [row["request"] for row in answer["successRequest"]]
    assert found == [f"{SCHEMA}.{name}" for name in stale]
    assert listed(schema) == left
    assert listed(schema, include="all") == ever


def test_a_put_that_changes_nothing_makes_no_version(
    schema: httpx.Client,
) -> None:
    first = put(schema, "tables", **table("meters"))
    assert put(schema, "tables", **table("meters")) == first
    changed = put(schema, "tables", **table("meters", columns=COLUMNS[:1]))
    assert changed["version"] > first["version"]


@pytest.mark.parametrize("field", ["displayName", "description"])
def test_what_a_person_has_edited_is_kept_by_the_next_put(
    schema: httpx.Client, field: str
) -> None:
    sent = put(schema, "tables", **table("meters", **{field: "sent"}))
    patch = [{"op": "add", "path": f"/{field}", "value": "edited"}]
    schema.patch(f"tables/{sent['id']}", json=patch).raise_for_status()
    again = put(schema, "tables", **table("meters", **{field: "sent anew"}))
    assert again[field] == "edited"


def test_a_profile_is_served_with_its_columns(schema: httpx.Client) -> None:
    sent = put(schema, "tables", **table("meters"))
    column = {"name": "reading", "timestamp": 1, "max": 9.5}
    put(
        schema,
        f"tables/{sent['id']}/tableProfile",
        tableProfile=PROFILE,
        columnProfile=[column],
    )
    found = schema.get(f"tables/{SCHEMA}.meters/tableProfile/latest").json()
    assert found["profile"]["rowCount"] == 3
    assert found["columns"][1]["profile"]["max"] == 9.5


def test_a_profile_of_an_unknown_column_is_refused(
    schema: httpx.Client,
) -> None:
    sent = put(schema, "tables", **table("meters"))
    answer = schema.put(
        f"tables/{sent['id']}/tableProfile",
        json={
            "tableProfile": PROFILE,
            "columnProfile": [{"name": "nosuch", "timestamp": 1}],
        },
    )
    assert answer.status_code == 404


def test_a_profile_outlives_the_next_metadata_run(
    schema: httpx.Client,
) -> None:
    sent = put(schema, "tables", **table("meters"))
    put(schema, f"tables/{sent['id']}/tableProfile", tableProfile=PROFILE)
    put(schema, "tables", **table("meters"))
    found = schema.get(f"tables/{sent['id']}?fields=profile").json()
    assert found["profile"] == PROFILE


def test_a_sample_row_of_another_width_is_refused(
    schema: httpx.Client,
) -> None:
    sent = put(schema, "tables", **table("meters"))
    answer = schema.put(
        f"tables/{sent['id']}/sampleData",
        json={"columns": ["id", "reading"], "rows": [[1]]},
    )
    assert answer.status_code == 400


def test_a_sample_is_served_back(schema: httpx.Client) -> None:
    sent = put(schema, "tables", **table("meters"))
    sample = {"columns": ["id", "reading"], "rows": [[1, 2.5]]}
    put(schema, f"tables/{sent['id']}/sampleData", **sample)
    found = schema.get(f"tables/{sent['id']}/sampleData").json()
    assert found["sampleData"] == sample


def test_a_double_that_loses_writes_answers_as_if_it_kept_them(
    schema: httpx.Client, catalog_server: ServedOpenMetadata
) -> None:
    catalog_server.double.lose_writes()
    assert put(schema, "tables", **table("meters"))["name"] == "meters"
    assert listed(schema) == []


def test_a_failing_double_recovers_after_the_given_number_of_requests(
    api: httpx.Client, catalog_server: ServedOpenMetadata
) -> None:
    catalog_server.double.fail(Fault(FaultKind.STATUS, status=503, times=2))
    statuses = [api.get("tables").status_code for _ in range(3)]
    assert statuses == [503, 503, 200]


def test_a_double_goes_away_at_the_given_request(
    schema: httpx.Client, catalog_server: ServedOpenMetadata
) -> None:
    catalog_server.double.go_away(starting_at="PUT .*tables")
    assert schema.get("tables").is_success
    with pytest.raises(httpx.TransportError):
        schema.put("tables", json=table("meters"))
    with pytest.raises(httpx.TransportError):
        schema.get("tables")


def test_a_double_can_be_of_another_version(
    api: httpx.Client, catalog_server: ServedOpenMetadata
) -> None:
    catalog_server.double.be_version("1.9.0")
    assert api.get("system/version").json()["version"] == "1.9.0"
