"""``moderate open``: the pages of Argo, OpenMetadata and Keycloak."""

import webbrowser
from typing import Annotated

import typer

from moderate.cli.options import DryRun
from moderate.operations.pages import USUAL, Page, address, place_of

EXAMPLES = """\
[bold]Examples[/]

moderate open argo

moderate open openmetadata --browser

moderate open keycloak --at platform/keycloak-http:80 --port 8090
"""


def open_page(
    page: Annotated[Page, typer.Argument(help="Which one.")],
    at: Annotated[
        str | None,
        typer.Option(
            metavar="NAMESPACE/SERVICE:PORT",
            help="Where it is; default: ARGO_UI, OPEN_METADATA_UI or "
            "KEYCLOAK_UI.",
        ),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=1, max=65535, help="The port here; the service's if not given."
        ),
    ] = None,
    *,
    browser: Annotated[
        bool, typer.Option("--browser", help="Open it in the browser, too.")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Open the pages of Argo, OpenMetadata or Keycloak.

    The way there is a port-forward of kubectl, which lasts until this command
    is stopped.
    """
    from moderate.operations.forwarding import forwarded
    from moderate.settings import variable

    usual = USUAL[page]
    named = at or variable(usual.variable)
    target = place_of(named) if named else usual.target
    if dry_run:
        typer.echo(
            f"Port {port or target.port} of this machine would lead to port "
            f"{target.port} of the service {target.service} in the namespace "
            f"{target.namespace}."
        )
        return
    with forwarded(target, port or target.port) as forward:
        url = address(forward.port)
        typer.echo(f"{url}  (Ctrl-C ends it)")
        if browser and not webbrowser.open(url):
            typer.echo("There is no browser here; open the address yourself.")
        forward.wait()
