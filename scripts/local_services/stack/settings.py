"""The development stack's ``.env``: written once, read strictly."""

import base64
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping
from io import StringIO
from pathlib import Path
from types import MappingProxyType

from dotenv import dotenv_values

from local_services.open_metadata.tokens import BOT, make_token
from steps.contract.errors import BadSettingsError

TEMPLATE = Path(__file__).with_name("dotenv.template")
MARKER = re.compile(r"@([a-z]+)@")
SECRET_BYTES = 24
FERNET_BYTES = 32
PORT_SUFFIX = "_PORT"
HIGHEST_PORT = 65_535
TOKEN = "OPEN_METADATA_TOKEN"  # noqa: S105  (the variable's name)
# What needs no quoting in a URL, in YAML, in SQL or in a shell.
SAFE = re.compile(r"[A-Za-z0-9._=-]{8,}")
MAKERS: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "secret": lambda: secrets.token_hex(SECRET_BYTES),
        "fernet": lambda: base64.urlsafe_b64encode(
            secrets.token_bytes(FERNET_BYTES)
        ).decode(),
        "token": lambda: make_token(BOT),
    }
)


def stack_settings(file: Path) -> Mapping[str, str]:
    """Reads the stack's settings; writes the file first where there is none.

    Args:
        file: The ``.env``.

    Returns:
        The settings by variable name.

    Raises:
        BadSettingsError: The file is no text, or is not the stack's.
    """
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        _write_new(file)
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise BadSettingsError(
            f"{file} is not UTF-8 text. Move it away and run this again."
        ) from None
    return _checked(file, text)


def existing_settings(file: Path) -> Mapping[str, str] | None:
    """Reads the stack's settings where they have been written.

    Args:
        file: The ``.env``.

    Returns:
        The settings by variable name; None where there is no file.

    Raises:
        BadSettingsError: The file is no text, or is not the stack's.
    """
    return stack_settings(file) if file.exists() else None


def change_token(file: Path, token: str) -> None:
    """Replaces the token of OpenMetadata's bot, and nothing else.

    Args:
        file: The ``.env``.
        token: The new token.
    """
    text = file.read_text(encoding="utf-8")
    changed = re.sub(
        rf"^{TOKEN}=.*$",
        lambda _: f"{TOKEN}={token}",
        text,
        flags=re.MULTILINE,
    )
    _written_beside(file, changed).replace(file)


def variables() -> list[str]:
    """Lists the variables that the file has.

    Returns:
        Their names, in order.
    """
    return list(dotenv_values(TEMPLATE))


def _write_new(file: Path) -> None:
    text = MARKER.sub(
        lambda found: MAKERS[found[1]](), TEMPLATE.read_text("utf-8")
    )
    beside = _written_beside(file, text)
    try:
        # Unlike a rename, this never replaces a file that came meanwhile.
        os.link(beside, file)
    except FileExistsError:
        return
    finally:
        beside.unlink()


def _written_beside(file: Path, text: str) -> Path:
    with tempfile.NamedTemporaryFile(
        "w",
        encoding="utf-8",
        dir=file.parent,
        prefix=f"{file.name}.",
        delete=False,
    ) as written:
        written.write(text)
    return Path(written.name)


def _checked(file: Path, text: str) -> Mapping[str, str]:
    found = dotenv_values(stream=StringIO(text))
    faults = list(_faults(found))
    if faults:
        raise BadSettingsError(
            f"{file} is not a development stack's, and is left as it is: "
            f"{faults[0]}. To protect the services "
            "that it names, move it away and run this again, or name another "
            "file with --env-file."
        )
    return {name: value or "" for name, value in found.items()}


def _faults(found: Mapping[str, str | None]) -> Iterator[str]:
    """Compares values with what the file's beginnings were."""
    template = dotenv_values(TEMPLATE, interpolate=False)
    ports = [name for name in template if name.endswith(PORT_SUFFIX)]
    for name, raw in template.items():
        value = found.get(name)
        if value is None:
            yield f"{name} is missing"
        elif name in ports:
            if not _is_port(value):
                yield f"{name} is not a port"
        elif MARKER.fullmatch(raw or ""):
            if not SAFE.fullmatch(value):
                yield f"{name} is shorter than 8 letters, or has unusual ones"
        elif value != _resolved(raw or "", found):
            yield f"{name} does not name a service of this machine"
    if len({found.get(name) for name in ports}) < len(ports):
        yield "two services have the same port"


def _is_port(value: str) -> bool:
    return (
        value.isascii()
        and value.isdigit()
        and 0 < int(value) <= (HIGHEST_PORT)
    )


def _resolved(raw: str, found: Mapping[str, str | None]) -> str:
    return re.sub(r"\$\{(\w+)\}", lambda name: found.get(name[1]) or "", raw)
