"""From a container template to the process that stands for its pod."""

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from argo_offline.errors import LocalRunError
from argo_offline.run.cluster import LocalCluster, LocalImage
from argo_offline.run.nodes import Json, Node
from argo_offline.run.results import LOG
from argo_offline.run.substitution import input_values, replace_value

_REFERENCE = re.compile(
    r"\$(?:\$|\((?P<name>[^)]*)\)|(?P<other>\())", re.DOTALL
)
_MESSAGE_BYTES = 2048
_MESSAGE_LINES = 80


class _ContainerConfigError(LocalRunError):
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


def _container_environment(
    container: Json, cluster: LocalCluster, fields: Mapping[str, str]
) -> dict[str, str]:
    """Resolves a container's ``envFrom`` and ``env``."""
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
            raise _ContainerConfigError(
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
        raise _ContainerConfigError(
            "CreateContainerConfigError: couldn't find key "
            f"{reference['key']} in {kind} "
            f"{self._cluster.namespace}/{reference['name']}"
        )

    def _data(self, name: str, *, secret: bool) -> Mapping[str, str] | None:
        if secret:
            return self._cluster.secrets.get(name)
        config_map = self._cluster.config_maps.get(name)
        return config_map.data if config_map else None


def _missing(name: str, *, secret: bool) -> _ContainerConfigError:
    kind = "secret" if secret else "configmap"
    return _ContainerConfigError(
        f'CreateContainerConfigError: {kind} "{name}" not found'
    )


_MAIN = "main"
_VOLUMES = "volumes"
_WORK = "work"
_PROGRESS = "progress.txt"
_FALLBACK = "FallbackToLogsOnError"
SYSTEM_PATH: Final = (
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
)
_TEMPORARY = "/tmp"  # noqa: S108 - where a container expects it


@dataclass(frozen=True)
class _OutputFile:
    """The file of an output parameter.

    Attributes:
        name: The parameter's name.
        file: The file on this machine.
        path: Its path in the template.
        default: The value when there is no file.
    """

    name: str
    file: Path
    path: str
    default: str | None


@dataclass(frozen=True)
class Process:
    """A process to start.

    Attributes:
        command: Program and arguments.
        environment: All of its variables.
        directory: Where it starts.
        log: File for its output.
        progress: File that it may write its progress to.
        outputs: The files of its output parameters.
        log_as_message: Whether the log's end explains a failure.
    """

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    directory: Path
    log: Path
    progress: Path
    outputs: tuple[_OutputFile, ...]
    log_as_message: bool


@dataclass(frozen=True)
class PodContext:
    """The names and numbers of a pod and its workflow.

    Attributes:
        name: The pod's name.
        uid: Its unique id.
        folder: The node's folder.
        volume_token: Stands for the folder of volumes in the template.
        variables: The workflow's variables.
    """

    name: str
    uid: str
    folder: Path
    volume_token: str
    variables: Mapping[str, str]


def build_process(
    node: Node, template: Json, context: PodContext, cluster: LocalCluster
) -> Process:
    """Prepares the process of a container template.

    Args:
        node: The node.
        template: The template, ready to run.
        context: The pod.
        cluster: Images, ConfigMaps and Secrets.

    Returns:
        The process.

    Raises:
        LocalRunError: The image, its command or a variable is missing.
    """
    container = _substituted(template, context)
    folders = _create_volumes(container, context)
    container = _with_folders(container, context)
    image = _find_image(container, cluster)
    fields = _pod_fields(context, cluster)
    own = _container_environment(container, cluster, fields)
    argo = _argo_environment(node, context)
    values = {
        **_base_environment(image, context.name, _work(context), folders),
        **argo,
        **own,
    }
    policy = container.get("terminationMessagePolicy")
    return Process(
        command=_find_command(container, image, {**argo, **own}, values),
        environment=values,
        directory=_directory(container, image, context),
        log=context.folder / LOG,
        progress=context.folder / _PROGRESS,
        outputs=_output_files(template, context, folders),
        log_as_message=policy == _FALLBACK,
    )


def _substituted(template: Json, context: PodContext) -> Json:
    """Replaces tags in a container as part of its pod, as Argo does."""
    inputs = {
        f"inputs.parameters.{name}": value
        for name, value in input_values(template).items()
    }
    variables = {**context.variables, **inputs, "pod.name": context.name}
    container = template["container"]
    pod = {"spec": {"containers": [container]}, "status": {}}
    replaced: Json = replace_value(pod, variables)["spec"]["containers"][0]
    patch = str(replace_value(template.get("podSpecPatch", ""), variables))
    return replaced | _patched_command(patch)


def _patched_command(patch: str) -> Json:
    """Takes the command of the main container from a ``podSpecPatch``."""
    try:
        containers = (yaml.safe_load(patch) or {}).get("containers", [])
        main = [one for one in containers if one.get("name") == _MAIN]
    except (AttributeError, yaml.YAMLError) as error:
        raise LocalRunError(
            f"the podSpecPatch {patch!r} is not an object of a pod's spec"
        ) from error
    commands = [one["command"] for one in main if one.get("command")]
    return {"command": commands[0]} if commands else {}


def _output_files(
    template: Json, context: PodContext, folders: Mapping[str, Path]
) -> tuple[_OutputFile, ...]:
    declared: Json = _with_folders(template.get("outputs", {}), context)
    return tuple(
        _OutputFile(
            name=parameter["name"],
            file=Path(parameter["valueFrom"]["path"]),
            path=_container_path(parameter["valueFrom"]["path"], folders),
            default=parameter["valueFrom"].get("default"),
        )
        for parameter in declared.get("parameters", [])
    )


def _container_path(path: str, folders: Mapping[str, Path]) -> str:
    for mount, folder in folders.items():
        if path.startswith(f"{folder}/"):
            return mount + path.removeprefix(str(folder))
    return path


def _argo_environment(node: Node, context: PodContext) -> dict[str, str]:
    return {
        "ARGO_CONTAINER_NAME": _MAIN,
        "ARGO_NODE_ID": node.id,
        "ARGO_PROGRESS_FILE": str(context.folder / _PROGRESS),
    }


def _directory(
    container: Json, image: LocalImage, context: PodContext
) -> Path:
    if container.get("workingDir"):
        return Path(container["workingDir"])
    return image.working_directory or _work(context)


def _work(context: PodContext) -> Path:
    return _created(context.folder / _WORK)


def _pod_fields(context: PodContext, cluster: LocalCluster) -> dict[str, str]:
    return {
        "metadata.name": context.name,
        "metadata.namespace": cluster.namespace,
        "metadata.uid": context.uid,
    }


def _create_volumes(container: Json, context: PodContext) -> dict[str, Path]:
    return {
        mount["mountPath"].rstrip("/"): _created(
            context.folder / _VOLUMES / mount["name"]
        )
        for mount in container.get("volumeMounts", [])
    }


def _with_folders(part: Json, context: PodContext) -> Json:
    folder = str(context.folder / _VOLUMES)
    replaced: Json = _replace_text(part, f"/{context.volume_token}", folder)
    return replaced


def _replace_text(value: Any, old: str, new: str) -> Any:
    if isinstance(value, str):
        return value.replace(old, new)
    if isinstance(value, list):
        return [_replace_text(item, old, new) for item in value]
    if isinstance(value, dict):
        return {k: _replace_text(item, old, new) for k, item in value.items()}
    return value


def _created(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class _ImageError(LocalRunError):
    """An image is not among the local ones."""


class CommandError(LocalRunError):
    """A container's command cannot be started."""


class CommandNotFoundError(CommandError):
    """A container's command does not exist in its image."""


def _find_image(container: Json, cluster: LocalCluster) -> LocalImage:
    reference = str(container.get("image", ""))
    if reference not in cluster.images:
        raise _ImageError(
            f'ImagePullBackOff: Back-off pulling image "{reference}": it is '
            "not among the local images: "
            f"{', '.join(sorted(cluster.images)) or 'there are none'}"
        )
    return cluster.images[reference]


def _find_command(
    container: Json,
    image: LocalImage,
    own: Mapping[str, str],
    environment: Mapping[str, str],
) -> tuple[str, ...]:
    command = list(container.get("command") or image.entrypoint)
    words = [
        expand_references(str(word), own)
        for word in [*command, *container.get("args", [])]
    ]
    if not words:
        raise CommandError("the container has no command, nor has its image")
    program = shutil.which(words[0], path=environment["PATH"])
    if program is None:
        raise CommandNotFoundError(
            f'failed to find name in PATH: exec: "{words[0]}": executable '
            "file not found in $PATH"
        )
    return (program, *words[1:])


def _base_environment(
    image: LocalImage,
    host: str,
    home: Path,
    folders: Mapping[str, Path],
) -> dict[str, str]:
    base = {
        "PATH": ":".join([*map(str, image.path), SYSTEM_PATH]),
        "HOSTNAME": host,
        "HOME": str(home),
    }
    if _TEMPORARY in folders:
        base["TMPDIR"] = str(folders[_TEMPORARY])
    return {**base, **image.environment}
