"""Keycloak's own distribution, built and with its realms in its database.

What takes a minute is done once and kept in the user's cache: the download,
Keycloak's build for the chosen options, its database's tables, and the import
of the realms. A server then starts on a copy of that database.
"""

import hashlib
import json
import os
import re
import secrets
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from checkout.versions import pinned_versions
from local_services.cache import (
    alone,
    cache_folder,
    downloaded_from_maven,
)
from local_services.process import LOOPBACK, free_port, is_listening, server
from steps.contract.errors import UnavailableError

VERSION = pinned_versions()["KEYCLOAK_VERSION"]
ARCHIVE = (
    f"org/keycloak/keycloak-quarkus-dist/{VERSION}/"
    f"keycloak-quarkus-dist-{VERSION}.zip"
)
SHA256 = pinned_versions()["KEYCLOAK_SHA256"]
INSTALL = "apt-get install --no-install-recommends openjdk-17-jre-headless"
OLDEST_JAVA = 17
REALMS = Path(__file__).with_name("realms")
ADMIN = "admin"
PASSWORD_FILE = "admin-password"  # noqa: S105  (a file's name)
DATABASE = "data/h2/keycloakdb"
DATABASE_ACCOUNT = "keycloak"
BUILD_OPTIONS = ("--db=dev-file", "--health-enabled=false")
RUN_OPTIONS = (
    "--optimized",
    "--cache=local",
    "--http-enabled=true",
    "--hostname-strict=false",
    f"--http-host={LOOPBACK}",
)
# A quick start counts for more here than what a long run would gain.
JAVA_OPTIONS = (
    "-Xms64m",
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-UsePerfData",
    "-Dfile.encoding=UTF-8",
    "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
    (
        "-Djava.util.concurrent.ForkJoinPool.common.threadFactory="
        "io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory"
    ),
    "--add-opens=java.base/java.util=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "--add-opens=java.base/java.security=ALL-UNNAMED",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
)
ENTRY_POINT = "io.quarkus.bootstrap.runner.QuarkusEntryPoint"
BUILD_SECONDS = 600.0
READY_SECONDS = 300.0


def is_installed() -> bool:
    """Returns whether this machine has the Java that Keycloak needs."""
    java = shutil.which("java")
    if java is None:
        return False
    answer = subprocess.run(  # noqa: S603  (the machine's own Java)
        [java, "-version"], check=False, capture_output=True, text=True
    )
    found = re.search(r'version "(\d+)', answer.stderr)
    return found is not None and int(found[1]) >= OLDEST_JAVA


def distribution() -> Path:
    """Prepares Keycloak, the first time.

    Returns:
        Its folder, in the cache; it stays as it is.

    Raises:
        UnavailableError: Java is missing, or a part of the preparation failed.
    """
    if not is_installed():
        raise UnavailableError(
            f"Keycloak needs Java {OLDEST_JAVA} or newer. Run: {INSTALL}"
        )
    name = f"keycloak-{VERSION}-{_fingerprint()}"
    prepared = cache_folder() / name
    with alone(name):
        if not prepared.exists():
            with tempfile.TemporaryDirectory(dir=cache_folder()) as work:
                home = _unpack(Path(work))
                _build(home)
                _fill(home)
                home.rename(prepared)
    return prepared


def java(home: Path, *arguments: str) -> list[str]:
    """Makes the command line of Keycloak.

    Args:
        home: Its folder.
        *arguments: What Keycloak is to do.

    Returns:
        The command line.
    """
    temporary = home / "tmp"
    temporary.mkdir(exist_ok=True)
    return [
        "java",
        *JAVA_OPTIONS,
        f"-Djava.io.tmpdir={temporary}",
        f"-Dkc.home.dir={home}",
        f"-Djboss.server.config.dir={home / 'conf'}",
        "-cp",
        str(home / "lib/quarkus-run.jar"),
        ENTRY_POINT,
        *arguments,
    ]


def start_command(home: Path, port: int, *options: str) -> list[str]:
    """Makes the command line that starts Keycloak.

    Args:
        home: Its folder.
        port: Where it is to listen.
        *options: Further options.

    Returns:
        The command line.
    """
    return java(home, "start", *RUN_OPTIONS, f"--http-port={port}", *options)


def environment(further: Mapping[str, str] | None = None) -> dict[str, str]:
    """Makes the whole environment of Keycloak.

    Args:
        further: Further variables.

    Returns:
        The variables.
    """
    return {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "KC_DB_USERNAME": DATABASE_ACCOUNT,
        "KC_DB_PASSWORD": DATABASE_ACCOUNT,
        **(further or {}),
    }


def admin_password(home: Path) -> str:
    """Reads the password that the administrator was given.

    Args:
        home: Keycloak's folder.

    Returns:
        The password.
    """
    return (home / PASSWORD_FILE).read_text()


def change_database(home: Path, sql: str) -> None:
    """Changes Keycloak's database while it does not run.

    Args:
        home: Keycloak's folder.
        sql: What to do.

    Raises:
        UnavailableError: The database refused.
    """
    (h2,) = home.glob("lib/lib/main/com.h2database.h2-*.jar")
    _run(
        "Keycloak's database",
        [
            "java",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-cp",
            str(h2),
            "org.h2.tools.Shell",
            "-url",
            f"jdbc:h2:file:{home / DATABASE};NON_KEYWORDS=VALUE",
            "-user",
            DATABASE_ACCOUNT,
            "-password",
            DATABASE_ACCOUNT,
            "-sql",
            sql,
        ],
    )


def _fingerprint() -> str:
    parts = [json.dumps([BUILD_OPTIONS, RUN_OPTIONS]).encode()]
    parts += [file.read_bytes() for file in sorted(REALMS.iterdir())]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]


def _unpack(folder: Path) -> Path:
    with (
        downloaded_from_maven(ARCHIVE, SHA256) as file,
        zipfile.ZipFile(file) as archive,
    ):
        archive.extractall(folder)
    return folder / f"keycloak-{VERSION}"


def _build(home: Path) -> None:
    _run("Keycloak's build", java(home, "build", *BUILD_OPTIONS))


def _fill(home: Path) -> None:
    """Lets Keycloak make its tables, its administrator and the realms."""
    password = secrets.token_urlsafe(24)
    file = home / PASSWORD_FILE
    file.touch(mode=0o600)
    file.write_text(password)
    shutil.copytree(REALMS, home / "data/import")
    port = free_port()
    with server(
        "Keycloak",
        start_command(home, port, "--import-realm"),
        log=home / "fill.log",
        ready=lambda: is_listening(port),
        environment=environment(
            {
                "KC_BOOTSTRAP_ADMIN_USERNAME": ADMIN,
                "KC_BOOTSTRAP_ADMIN_PASSWORD": password,
            }
        ),
        ready_seconds=READY_SECONDS,
    ):
        pass


def _run(what: str, command: Sequence[str]) -> None:
    done = subprocess.run(  # noqa: S603  (the distribution's own programs)
        command,
        check=False,
        capture_output=True,
        text=True,
        env=environment(),
        timeout=BUILD_SECONDS,
    )
    if done.returncode:
        raise UnavailableError(
            f"{what} failed:\n{(done.stdout + done.stderr).strip()}"
        )
