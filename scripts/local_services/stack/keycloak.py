"""Keycloak for development: the platform's realm, imported once."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from checkout.paths import DEVELOPMENT
from local_services.keycloak import SHARED, is_ready
from local_services.keycloak_distribution import (
    READY_SECONDS,
    distribution,
    environment,
    start_command,
)
from local_services.process import server

REALM_FILE = DEVELOPMENT / "keycloak/moderate-realm.json"
# What the realm's file leaves open.
PLACEHOLDERS = (
    "OPEN_METADATA_ADMIN_PASSWORD",
    "OPEN_METADATA_CLIENT_SECRET",
    "OPEN_METADATA_PORT",
)


@contextmanager
def development_keycloak(
    folder: Path, values: Mapping[str, str]
) -> Iterator[None]:
    """Serves a Keycloak with the realm that containers get too.

    Its first start makes its tables and imports the realm; later ones go on
    with what is in its database.

    Args:
        folder: Where its database and its log are kept.
        values: The stack's settings by variable name.

    Yields:
        Once the realm is served.

    Raises:
        UnavailableError: Java is missing, or Keycloak could not be prepared or
            did not start.
    """
    home = folder / "keycloak"
    _prepare(home, distribution())
    port = int(values["KEYCLOAK_PORT"])
    url = values["KEYCLOAK_SERVER_URL"]
    with server(
        "Keycloak",
        start_command(
            home,
            port,
            "--import-realm",
            f"--hostname={url}",
            "--hostname-backchannel-dynamic=true",
        ),
        log=home / "keycloak.log",
        ready=lambda: is_ready(url),
        environment=environment(
            {
                "KC_BOOTSTRAP_ADMIN_USERNAME": values[
                    "KEYCLOAK_ADMIN_USERNAME"
                ],
                "KC_BOOTSTRAP_ADMIN_PASSWORD": values[
                    "KEYCLOAK_ADMIN_PASSWORD"
                ],
                **{name: values[name] for name in PLACEHOLDERS},
            }
        ),
        ready_seconds=READY_SECONDS,
    ):
        yield


def _prepare(home: Path, prepared: Path) -> None:
    """Makes a folder that shares all but data with the distribution."""
    realms = home / "data/import"
    realms.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(REALM_FILE, realms / REALM_FILE.name)
    for name in SHARED:
        (home / name).unlink(missing_ok=True)
        (home / name).symlink_to(prepared / name)
