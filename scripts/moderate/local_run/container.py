"""From a container template to the process that stands for its pod."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from moderate.local_run.arguments import input_values
from moderate.local_run.cluster import LocalCluster, LocalImage
from moderate.local_run.errors import LocalRunError
from moderate.local_run.kubelet import (
    container_environment,
    expand_references,
)
from moderate.local_run.nodes import Json, Node
from moderate.local_run.run_folder import LOG
from moderate.local_run.scope import global_names
from moderate.local_run.substitution import replace_value

SYSTEM_PATH: Final = (
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
)
_VOLUMES = "volumes"
_WORK = "work"
_PROGRESS = "progress.txt"
_TEMPORARY = "/tmp"  # noqa: S108 - where a container looks for it
_FALLBACK = "FallbackToLogsOnError"


class ImageError(LocalRunError):
    """An image is not among the local ones."""


class CommandError(LocalRunError):
    """A container's command cannot be started."""


class CommandNotFoundError(CommandError):
    """A container's command does not exist in its image."""


@dataclass(frozen=True)
class Process:
    """A process to start.

    Attributes:
        command: Program and arguments.
        environment: All of its variables.
        secret: Names of the variables that hold secrets.
        directory: Where it starts.
        log: File for its output.
        progress: File that it may write its progress to.
        outputs: Files of the output parameters by name.
        paths: Their paths as the template says them.
        defaults: Defaults of the output parameters by name.
        global_names: Names in the workflow's outputs by parameter name.
        log_as_message: Whether the log's end explains a failure.
    """

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    secret: frozenset[str]
    directory: Path
    log: Path
    progress: Path
    outputs: Mapping[str, Path]
    paths: Mapping[str, str]
    defaults: Mapping[str, str]
    global_names: Mapping[str, str]
    log_as_message: bool


@dataclass(frozen=True)
class PodContext:
    """What a pod knows about itself and its workflow.

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
    inputs = {
        f"inputs.parameters.{name}": value
        for name, value in input_values(template).items()
    }
    variables = {**context.variables, **inputs, "pod.name": context.name}
    container = _substituted(template["container"], variables)
    folders = _create_volumes(container, context)
    container = _with_folders(container, context)
    declared: Json = template.get("outputs", {})
    outputs = _with_folders(declared, context)
    image = _image(container, cluster)
    fields = _pod_fields(context, cluster)
    environment = container_environment(container, cluster, fields)
    argo = _argo_environment(node, context)
    values = {
        **_base_environment(image, context, folders),
        **argo,
        **environment.values,
    }
    parameters = outputs.get("parameters", [])
    return Process(
        command=_command(
            container, image, {**argo, **environment.values}, values
        ),
        environment=values,
        secret=environment.secret,
        directory=_directory(container, image, context),
        log=context.folder / LOG,
        progress=context.folder / _PROGRESS,
        outputs={p["name"]: Path(p["valueFrom"]["path"]) for p in parameters},
        paths=_container_paths(parameters, folders),
        defaults={
            p["name"]: p["valueFrom"]["default"]
            for p in parameters
            if "default" in p["valueFrom"]
        },
        global_names=global_names(template),
        log_as_message=container.get("terminationMessagePolicy") == _FALLBACK,
    )


def _substituted(container: Json, variables: Mapping[str, str]) -> Json:
    """Replaces tags in a container as part of its pod, as Argo does."""
    pod = {"spec": {"containers": [container]}, "status": {}}
    replaced: Json = replace_value(pod, variables)["spec"]["containers"][0]
    return replaced


def _container_paths(
    parameters: list[Json], folders: Mapping[str, Path]
) -> dict[str, str]:
    paths = {}
    for parameter in parameters:
        path = str(parameter["valueFrom"]["path"])
        for mount, folder in folders.items():
            if path.startswith(f"{folder}/"):
                path = mount + path.removeprefix(str(folder))
        paths[parameter["name"]] = path
    return paths


def _image(container: Json, cluster: LocalCluster) -> LocalImage:
    reference = str(container.get("image", ""))
    if reference not in cluster.images:
        raise ImageError(
            f'ImagePullBackOff: Back-off pulling image "{reference}": it is '
            "not among the local images: "
            f"{', '.join(sorted(cluster.images)) or 'there are none'}"
        )
    return cluster.images[reference]


def _command(
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


def _argo_environment(node: Node, context: PodContext) -> dict[str, str]:
    return {
        "ARGO_CONTAINER_NAME": "main",
        "ARGO_NODE_ID": node.id,
        "ARGO_PROGRESS_FILE": str(context.folder / _PROGRESS),
    }


def _base_environment(
    image: LocalImage, context: PodContext, folders: Mapping[str, Path]
) -> dict[str, str]:
    base = {
        "PATH": ":".join([*map(str, image.path), SYSTEM_PATH]),
        "HOSTNAME": context.name,
        "HOME": str(_created(context.folder / _WORK)),
    }
    if _TEMPORARY in folders:
        base["TMPDIR"] = str(folders[_TEMPORARY])
    return {**base, **image.environment}


def _directory(
    container: Json, image: LocalImage, context: PodContext
) -> Path:
    if container.get("workingDir"):
        return Path(container["workingDir"])
    return image.working_directory or _created(context.folder / _WORK)


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


def _replace_text(value: Any, old: str, new: str) -> Any:  # noqa: ANN401
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
