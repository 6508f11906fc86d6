"""A Keycloak server: its own distribution, started directly."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from local_services.keycloak_distribution import (
    ADMIN,
    DATABASE,
    READY_SECONDS,
    admin_password,
    change_database,
    distribution,
    environment,
    start_command,
)
from local_services.process import LOOPBACK, free_port, server

REALM = "moderate"
EMPTY_REALM = "empty"
CROWD_REALM = "crowd"
SHARED = ("lib", "conf", "providers", "themes")
DATABASE_FILE = f"{DATABASE}.mv.db"
PROBE_SECONDS = 5.0
# Through the API, the same takes minutes. Each page of users is cut from a
# sorted list of all of them, which H2 otherwise sorts on the disk.
ADD_CROWD = """
SET MAX_MEMORY_ROWS 1000000;
INSERT INTO USER_ENTITY (
    ID, EMAIL_CONSTRAINT, EMAIL_VERIFIED, ENABLED, REALM_ID, USERNAME,
    CREATED_TIMESTAMP, NOT_BEFORE
)
SELECT RANDOM_UUID(), RANDOM_UUID(), FALSE, TRUE,
    (SELECT ID FROM REALM WHERE NAME = '{realm}'),
    'user-' || LPAD(X, 6, '0') || '@example.org', 0, 0
FROM SYSTEM_RANGE(1, {size})
"""


@contextmanager
def keycloak(folder: Path, crowd: int = 0) -> Iterator[Mapping[str, str]]:
    """Serves a Keycloak with the realms of ``realms/``.

    The first time takes minutes and downloads it; later ones start on a copy
    of what was prepared then.

    Args:
        folder: Where its log is kept.
        crowd: How many users the realm ``crowd`` is to have.

    Yields:
        The settings that reach it, by variable name; the realm is
        ``moderate``, which has a few users; ``empty`` has none.

    Raises:
        UnavailableError: Java is missing, or Keycloak could not be prepared or
            did not start.
    """
    prepared = distribution()
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="keycloak-") as temporary:
        home = _copy(prepared, Path(temporary))
        if crowd:
            change_database(
                home, ADD_CROWD.format(realm=CROWD_REALM, size=crowd)
            )
        port = free_port()
        url = f"http://{LOOPBACK}:{port}"
        with server(
            "Keycloak",
            start_command(home, port),
            log=folder / "keycloak.log",
            ready=lambda: is_ready(url),
            environment=environment(),
            ready_seconds=READY_SECONDS,
        ):
            yield {
                "KEYCLOAK_SERVER_URL": url,
                "KEYCLOAK_ADMIN_USERNAME": ADMIN,
                "KEYCLOAK_ADMIN_PASSWORD": admin_password(prepared),
                "KEYCLOAK_MAIN_REALM_NAME": REALM,
            }


def _copy(prepared: Path, home: Path) -> Path:
    """Makes a folder that shares all but the database."""
    for name in SHARED:
        (home / name).symlink_to(prepared / name)
    (home / DATABASE_FILE).parent.mkdir(parents=True)
    shutil.copyfile(prepared / DATABASE_FILE, home / DATABASE_FILE)
    return home


def is_ready(url: str) -> bool:
    """Returns whether the platform's realm is served.

    Args:
        url: Where Keycloak is to be.

    Returns:
        Whether it answers.
    """
    try:
        answer = httpx.get(f"{url}/realms/{REALM}", timeout=PROBE_SECONDS)
    except httpx.HTTPError:
        return False
    return answer.is_success
