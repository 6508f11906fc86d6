"""The token of OpenMetadata's ingestion bot, and a new one in its place."""

from moderate.operations.kubernetes import Cluster
from moderate.settings import from_this_machine
from steps.clients.open_metadata import check_server
from steps.clients.open_metadata_bot import TIMEOUT_SECONDS
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.contract.errors import (
    BadSettingsError,
    NoPermissionError,
)
from workflows.authoring.names import CONFIG_MAP, secret_name

VARIABLE = "OPEN_METADATA_TOKEN"
SECRET = f"secret/{secret_name(OpenMetadataSettings.service)}"
HELM_LABEL = "app.kubernetes.io/managed-by"


def settings_with(cluster: Cluster, token: str) -> OpenMetadataSettings:
    """Finds the server: this machine's settings, or the installation's.

    Args:
        cluster: The installation's namespace.
        token: The token to sign in with.

    Returns:
        The settings.

    Raises:
        BadSettingsError: No setting names the server.
        ModerateError: The cluster refuses or is gone.
    """
    installed = cluster.read(f"configmap/{CONFIG_MAP}").get("data", {})
    values = {**installed, **from_this_machine(), VARIABLE: token}
    return OpenMetadataSettings.of(values)


def check_secret(cluster: Cluster) -> str:
    """Checks that the Secret can be changed, and will stay changed.

    Args:
        cluster: The installation's namespace.

    Returns:
        A remark for the caller; empty where there is none.

    Raises:
        BadSettingsError: Something else writes it.
        NoPermissionError: This account may not change it.
        ModerateError: There is none, or the cluster refuses or is gone.
    """
    metadata = cluster.read(SECRET)["metadata"]
    owners = [one["kind"] for one in metadata.get("ownerReferences", [])]
    if owners:
        raise BadSettingsError(
            f"The {SECRET} is written by its {owners[0]}, which would bring "
            "the old token back. Rotate the token there."
        )
    if not cluster.may("patch", SECRET):
        raise NoPermissionError(
            f"This account may not change the {SECRET}. Ask an administrator "
            "of the cluster."
        )
    if metadata.get("labels", {}).get(HELM_LABEL) == "Helm":
        return (
            "The chart has made this Secret of its values: write the new "
            "token there too, or the next upgrade brings the old one back."
        )
    return ""


def replace(cluster: Cluster, settings: OpenMetadataSettings) -> None:
    """Puts a token into the Secret, after the server has taken it.

    Args:
        cluster: The installation's namespace.
        settings: The server, with the new token.

    Raises:
        ModerateError: The server does not take it, or is gone.
        ModerateError: The cluster refuses or is gone.
    """
    check_server(settings, TIMEOUT_SECONDS)
    token = settings.open_metadata_token.get_secret_value()
    cluster.patch(SECRET, {"stringData": {VARIABLE: token}})
