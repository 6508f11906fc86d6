"""``moderate services``: what the pipelines need, on this machine."""

import tempfile
import threading
from pathlib import Path
from typing import Annotated

import typer

from moderate.services.process import LOOPBACK

EXAMPLES = """\
[bold]Examples[/]

moderate services

moderate services --host 0.0.0.0
"""
FOLDER_PREFIX = "moderate-services-"
ENTERED_BY_ALL = 0o711


def services(
    host: Annotated[
        str, typer.Option(help="The address that they listen on.")
    ] = LOOPBACK,
) -> None:
    """Start the development services, and serve until stopped.

    PostgreSQL, RabbitMQ, S3 and the Platform API's double, with well-known
    ports and passwords. Prints their settings as `.env` has them, then a
    message whose job waits.
    """
    from moderate.services.development import (  # noqa: PLC0415  (heavy)
        development,
    )

    with tempfile.TemporaryDirectory(prefix=FOLDER_PREFIX) as name:
        folder = Path(name)
        folder.chmod(ENTERED_BY_ALL)
        with development(folder, host) as running:
            for variable, value in running.values.items():
                typer.echo(f"{variable}={value}")
            message = running.message.model_dump_json(exclude_none=True)
            typer.echo(f"# The example's message: {message}")
            threading.Event().wait()
