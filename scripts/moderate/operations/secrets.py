"""The credentials of an installation, in the chart's Secrets."""

import base64

from moderate.operations.kubernetes import Cluster
from steps.contract.errors import BadSettingsError
from workflows.authoring.names import secret_name


def secret_value(cluster: Cluster, service: str, variable: str) -> str:
    """Reads a credential.

    Args:
        cluster: The installation's namespace.
        service: The service that it is of.
        variable: Its variable.

    Returns:
        The value.

    Raises:
        BadSettingsError: The Secret does not hold it.
        ModerateError: There is no such Secret, or the cluster refuses.
    """
    name = secret_name(service)
    data = cluster.read(f"secret/{name}").get("data", {})
    if variable not in data:
        raise BadSettingsError(
            f"The Secret {name} holds no {variable}. Set it; see "
            "docs/deploy.md."
        )
    return base64.b64decode(data[variable]).decode()
