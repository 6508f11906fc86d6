"""compose.yaml is sound, and agrees with the processes."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from dotenv import dotenv_values

from checkout.paths import COMPOSE, ROOT
from checkout.versions import pinned_versions
from local_services.stack.keycloak import PLACEHOLDERS, REALM_FILE
from local_services.stack.names import PORTS, Name
from local_services.stack.settings import TEMPLATE

DOCUMENT: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
SERVICES: dict[str, dict[str, Any]] = DOCUMENT["services"]
ONCE = {"s3-buckets", "openmetadata-migrate"}
KEPT = sorted(set(SERVICES) - ONCE)
PINNED = re.compile(r"^[a-z0-9./-]+:v?\d+\.\d+(\.\d+)?(-[a-z]+)?$")
BUILT_HERE = "localhost/moderate-workflows/platform-api:dev"
VARIABLE = re.compile(r"\$\{(\w+)(:[-?][^}]*)?\}")
PUBLISHED = re.compile(r"^127\.0\.0\.1:\$\{(\w+):-(\d+)\}:\d+$")
IN_COMPOSE = {
    Name.POSTGRES: "postgres",
    Name.RABBITMQ: "rabbitmq",
    Name.S3: "s3",
    Name.PLATFORM_API: "platform-api",
    Name.KEYCLOAK: "keycloak",
    Name.OPEN_METADATA: "openmetadata",
}

every_service = pytest.mark.parametrize("name", sorted(SERVICES))
kept_service = pytest.mark.parametrize("name", KEPT)
published_service = pytest.mark.parametrize("name", list(Name))


def defaults() -> dict[str, str | None]:
    """Return the values that a new `.env` begins with."""
    return dotenv_values(TEMPLATE)


def minor(version: str) -> list[str]:
    """Return the first two parts of a version."""
    return version.split(".")[:2]


def test_it_is_what_compose_reads() -> None:
    command = Path(sys.executable).with_name("check-jsonschema")
    done = subprocess.run(
        [command, "--builtin-schema=vendor.compose-spec", COMPOSE],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stdout


@every_service
def test_an_image_has_a_version(name: str) -> None:
    image = SERVICES[name]["image"]
    assert image == BUILT_HERE or PINNED.match(image)


@kept_service
def test_a_service_has_a_health_check(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


@kept_service
def test_a_service_starts_again_unless_it_was_stopped(name: str) -> None:
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", sorted(ONCE))
def test_what_runs_once_is_not_started_again(name: str) -> None:
    assert SERVICES[name]["restart"] == "no"


@every_service
def test_a_service_waits_until_what_it_needs_is_healthy_or_done(
    name: str,
) -> None:
    for other, wanted in SERVICES[name].get("depends_on", {}).items():
        expected = (
            "service_completed_successfully"
            if other in ONCE
            else "service_healthy"
        )
        assert wanted == {"condition": expected}


@every_service
def test_a_volume_is_a_named_one_or_read_only(name: str) -> None:
    for volume in SERVICES[name].get("volumes", []):
        source, *_, mode = volume.split(":")
        assert source in DOCUMENT["volumes"] or mode == "ro"


def test_every_volume_is_used() -> None:
    used = {
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
    }
    assert set(DOCUMENT["volumes"]) <= used


@every_service
def test_what_is_mounted_is_there(name: str) -> None:
    for volume in SERVICES[name].get("volumes", []):
        source = volume.split(":")[0]
        assert not source.startswith("./") or (ROOT / source).exists()


def test_every_variable_is_one_of_the_env_file() -> None:
    used = {found[0] for found in VARIABLE.findall(COMPOSE.read_text())}
    assert used <= set(defaults())


def test_no_secret_has_a_default() -> None:
    secrets = {
        name for name, value in defaults().items() if "@" in (value or "")
    }
    text = COMPOSE.read_text()
    given = {name for name, rest in VARIABLE.findall(text) if "-" in rest[:2]}
    assert given & secrets == set()


@published_service
def test_a_service_is_published_on_loopback_at_the_processes_port(
    name: Name,
) -> None:
    (published,) = SERVICES[IN_COMPOSE[name]]["ports"]
    found = PUBLISHED.match(published)
    assert found
    assert found.groups() == (PORTS[name], defaults()[PORTS[name]])


def test_nothing_else_is_published() -> None:
    others = set(SERVICES) - set(IN_COMPOSE.values())
    assert [name for name in others if "ports" in SERVICES[name]] == []


def test_keycloak_is_the_processes_keycloak() -> None:
    assert SERVICES["keycloak"]["image"].endswith(
        f":{pinned_versions()['KEYCLOAK_VERSION']}"
    )


@pytest.mark.parametrize("name", ["openmetadata", "openmetadata-migrate"])
def test_the_catalogs_server_is_of_the_frameworks_minor_version(
    name: str,
) -> None:
    document = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extra = document["project"]["optional-dependencies"]["openmetadata"]
    (framework,) = (one for one in extra if one.startswith("openmetadata-"))
    server = SERVICES[name]["image"].rpartition(":")[2]
    assert minor(server) == minor(framework.rpartition("==")[2])


def test_keycloak_is_given_what_the_realm_leaves_open() -> None:
    left_open = set(re.findall(r"\$\{(\w+)\}", REALM_FILE.read_text()))
    assert left_open == set(PLACEHOLDERS)
    assert left_open <= set(SERVICES["keycloak"]["environment"])


def test_the_catalog_sends_a_browser_where_the_realm_accepts_it() -> None:
    realm = json.loads(REALM_FILE.read_text())
    (client,) = (
        one for one in realm["clients"] if one["clientId"] == "openmetadata"
    )
    environment = SERVICES["openmetadata"]["environment"]
    callback = environment["OIDC_CALLBACK"].replace(":-8585", "")
    assert client["redirectUris"] == [callback]


def test_the_catalogs_administrator_is_a_user_of_the_realm() -> None:
    realm = json.loads(REALM_FILE.read_text())
    environment = SERVICES["openmetadata"]["environment"]
    principals = environment["AUTHORIZER_ADMIN_PRINCIPALS"].strip("[]")
    (found,) = (one for one in realm["users"] if one["username"] == principals)
    domain = environment["AUTHORIZER_PRINCIPAL_DOMAIN"]
    assert found["email"] == f"{principals}@{domain}"


def test_the_stores_buckets_are_made_before_it_serves() -> None:
    made = SERVICES["s3-buckets"]["entrypoint"]
    for variable in ("S3_BUCKET_NAME", "S3_JOB_OUTPUTS_BUCKET_NAME"):
        assert f"/data/{defaults()[variable]}" in made
