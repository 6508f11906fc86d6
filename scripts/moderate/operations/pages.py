"""The web pages of the services around an installation."""

import re
import socket
import ssl
from dataclasses import dataclass
from enum import StrEnum

from local_services.process import LOOPBACK
from moderate.operations.forwarding import Target
from steps.contract.errors import BadSettingsError

PLACE = re.compile(
    r"(?P<namespace>[a-z0-9][a-z0-9-]*)/(?P<service>[a-z0-9][a-z0-9-]*)"
    r":(?P<port>\d{1,5})"
)
HANDSHAKE_SECONDS = 3


class Page(StrEnum):
    """A service with a web page."""

    ARGO = "argo"
    OPENMETADATA = "openmetadata"
    KEYCLOAK = "keycloak"


@dataclass(frozen=True)
class Usual:
    """Where a page usually is.

    Attributes:
        variable: The variable that names another place.
        target: The place.
    """

    variable: str
    target: Target


USUAL = {
    Page.ARGO: Usual("ARGO_UI", Target("argo", "argo-server", 2746)),
    Page.OPENMETADATA: Usual(
        "OPEN_METADATA_UI", Target("openmetadata", "openmetadata", 8585)
    ),
    Page.KEYCLOAK: Usual("KEYCLOAK_UI", Target("keycloak", "keycloak", 8080)),
}


def place_of(text: str) -> Target:
    """Reads where a page is.

    Args:
        text: ``namespace/service:port``.

    Returns:
        The place.

    Raises:
        BadSettingsError: It is not of that form.
    """
    match = PLACE.fullmatch(text)
    if match is None:
        raise BadSettingsError(
            f"{text!r} is not of the form namespace/service:port, for example "
            "argo/argo-server:2746. Correct --at, or the variable in .env."
        )
    return Target(match["namespace"], match["service"], int(match["port"]))


def address(port: int) -> str:
    """Returns the URL of what listens on a port of this machine.

    Args:
        port: The port.

    Returns:
        The URL, with https where it uses TLS.
    """
    scheme = "https" if _uses_tls(port) else "http"
    return f"{scheme}://localhost:{port}"


def _uses_tls(port: int) -> bool:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((LOOPBACK, port), HANDSHAKE_SECONDS) as s,
            context.wrap_socket(s),
        ):
            return True
    except OSError:
        return False
