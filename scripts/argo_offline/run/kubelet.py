"""What the kubelet does to a container before its process starts."""

import re
from collections.abc import Mapping

from argo_offline.errors import LocalRunError
from argo_offline.run.cluster import LocalCluster
from argo_offline.run.nodes import Json

_REFERENCE = re.compile(
    r"\$(?:\$|\((?P<name>[^)]*)\)|(?P<other>\())", re.DOTALL
)
_MESSAGE_BYTES = 2048
_MESSAGE_LINES = 80


class ContainerConfigError(LocalRunError):
    """A container cannot be created; on a cluster its pod waits for ever."""


def expand_references(text: str, variables: Mapping[str, str]) -> str:
    """Replaces ``$(NAME)``; ``$$`` escapes, unknown names stay.

    Args:
        text: The text.
        variables: Values by name.

    Returns:
        The text as the process gets it.
    """

    def replaced(match: re.Match[str]) -> str:
        name = match["name"]
        if name is None:
            return "$" if match["other"] is None else match.group()
        return variables.get(name, match.group())

    return _REFERENCE.sub(replaced, text)


def container_environment(
    container: Json, cluster: LocalCluster, fields: Mapping[str, str]
) -> dict[str, str]:
    """Resolves a container's ``envFrom`` and ``env``.

    Args:
        container: The container, Argo's tags replaced.
        cluster: ConfigMaps and Secrets.
        fields: Values of the pod's fields by path.

    Returns:
        Values by name.

    Raises:
        ContainerConfigError: A Secret, a ConfigMap or a key is missing.
    """
    builder = _Builder(cluster, fields)
    for source in container.get("envFrom", []):
        builder.add_source(source)
    for variable in container.get("env", []):
        builder.add(variable)
    return builder.values


def termination_message(log: bytes) -> str:
    """Takes the end of a log as ``FallbackToLogsOnError`` does.

    Args:
        log: The log.

    Returns:
        Its last 80 lines, of its last 2,048 bytes.
    """
    lines = log.splitlines(keepends=True)[-_MESSAGE_LINES:]
    return b"".join(lines)[-_MESSAGE_BYTES:].decode(errors="replace")


class _Builder:
    def __init__(
        self, cluster: LocalCluster, fields: Mapping[str, str]
    ) -> None:
        self._cluster = cluster
        self._fields = fields
        self.values: dict[str, str] = {}

    def add_source(self, source: Json) -> None:
        reference: Json = source.get("configMapRef") or source["secretRef"]
        secret = "secretRef" in source
        data = self._data(reference["name"], secret=secret)
        if data is None and reference.get("optional"):
            return
        if data is None:
            raise _missing(reference["name"], secret=secret)
        for key, value in data.items():
            self.values[f"{source.get('prefix', '')}{key}"] = value

    def add(self, variable: Json) -> None:
        name, text = variable["name"], str(variable.get("value") or "")
        origin: Json = variable.get("valueFrom", {})
        if text or not origin:
            self.values[name] = expand_references(text, self.values)
        elif "fieldRef" in origin:
            self.values[name] = self._field(origin["fieldRef"])
        else:
            secret = "secretKeyRef" in origin
            reference = origin.get("secretKeyRef") or origin["configMapKeyRef"]
            value = self._key(reference, secret=secret)
            if value is not None:
                self.values[name] = value

    def _field(self, reference: Json) -> str:
        path = str(reference["fieldPath"])
        if path not in self._fields:
            raise ContainerConfigError(
                f"CreateContainerConfigError: the field {path} is not known "
                f"locally; there are {', '.join(sorted(self._fields))}"
            )
        return self._fields[path]

    def _key(self, reference: Json, *, secret: bool) -> str | None:
        data = self._data(reference["name"], secret=secret)
        if data is not None and reference["key"] in data:
            return data[reference["key"]]
        if reference.get("optional"):
            return None
        if data is None:
            raise _missing(reference["name"], secret=secret)
        kind = "Secret" if secret else "ConfigMap"
        raise ContainerConfigError(
            "CreateContainerConfigError: couldn't find key "
            f"{reference['key']} in {kind} "
            f"{self._cluster.namespace}/{reference['name']}"
        )

    def _data(self, name: str, *, secret: bool) -> Mapping[str, str] | None:
        if secret:
            return self._cluster.secrets.get(name)
        config_map = self._cluster.config_maps.get(name)
        return config_map.data if config_map else None


def _missing(name: str, *, secret: bool) -> ContainerConfigError:
    kind = "secret" if secret else "configmap"
    return ContainerConfigError(
        f'CreateContainerConfigError: {kind} "{name}" not found'
    )
