"""Starting and stopping the double of the OpenMetadata server."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local_services.open_metadata.double import OpenMetadataDouble
from local_services.open_metadata.names import (
    ADMINISTRATORS_VARIABLE,
    TOKEN_VARIABLE,
)
from local_services.open_metadata.tokens import (
    ADMINISTRATOR,
    BOT,
    make_token,
)
from local_services.process import (
    LOOPBACK,
    free_port,
    is_listening,
    server,
)

# Its framework is slow to import, on a busy machine more than a minute.
READY_SECONDS = 300.0
MODULE = "local_services.open_metadata.server"


@dataclass(frozen=True)
class ServedOpenMetadata:
    """A running double.

    Attributes:
        environment: The settings that reach it, by variable name.
        double: Its control.
        administrators_token: An administrator's token.
    """

    environment: Mapping[str, str]
    double: OpenMetadataDouble
    administrators_token: str


@contextmanager
def open_metadata(
    folder: Path,
    python: Path,
    host: str = LOOPBACK,
    *,
    port: int | None = None,
    token: str | None = None,
) -> Iterator[ServedOpenMetadata]:
    """Serves an empty double of the OpenMetadata server.

    Args:
        folder: Where its log goes.
        python: The Python of the environment of the image ``openmetadata``,
            which holds the framework's models.
        host: The address to listen on.
        port: The port to listen on; a free one where None.
        token: The one token that is valid; a random one where None.

    Yields:
        The settings that reach it, and its control.

    Raises:
        UnavailableError: It did not start.
    """
    port = port or free_port(host)
    control_port = free_port(host)
    token = token or make_token(BOT)
    administrators_token = make_token(ADMINISTRATOR)
    command = [
        str(python),
        "-m",
        MODULE,
        f"--host={host}",
        f"--port={port}",
        f"--control-port={control_port}",
    ]
    with server(
        "The double of the OpenMetadata server",
        command,
        log=folder / "open-metadata.log",
        ready=lambda: is_listening(port, host),
        environment={
            **os.environ,
            TOKEN_VARIABLE: token,
            ADMINISTRATORS_VARIABLE: administrators_token,
        },
        ready_seconds=READY_SECONDS,
    ):
        yield ServedOpenMetadata(
            {
                "OPEN_METADATA_HOST": f"http://{host}",
                "OPEN_METADATA_PORT": str(port),
                TOKEN_VARIABLE: token,
            },
            OpenMetadataDouble(f"http://{host}:{control_port}"),
            administrators_token,
        )
