"""What a workflow finds in its cluster, for a run without one."""

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

PARAMETER_LABEL: Final = "workflows.argoproj.io/configmap-type"
PARAMETER_LABEL_VALUE: Final = "Parameter"
DEFAULT_POD_SLOTS: Final = 8
DEFAULT_GRACE_SECONDS: Final = 30.0

ArchiveLog = Callable[[str, str, Path], None]


def _default_lock_folder() -> Path:
    return Path(tempfile.gettempdir()) / f"argo-offline-locks-{os.getuid()}"


@dataclass(frozen=True)
class LocalImage:
    """An image: the environment that a container's process gets.

    Attributes:
        path: Folders at the front of ``PATH``.
        entrypoint: The command of a container that names none.
        environment: Variables that every container of the image has.
        working_directory: Where a container starts that has none itself;
            None is an empty folder of its own.
    """

    path: tuple[Path, ...] = ()
    entrypoint: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    working_directory: Path | None = None


@dataclass(frozen=True)
class ConfigMap:
    """A ConfigMap.

    Attributes:
        data: Values by key.
        labels: Its labels; parameters come only from a ConfigMap with
            ``workflows.argoproj.io/configmap-type: Parameter``.
    """

    data: Mapping[str, str]
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class LocalCluster:
    """Everything around a workflow.

    Attributes:
        images: Images by reference; any other image cannot be pulled.
        namespace: The workflow's namespace.
        config_maps: ConfigMaps of the namespace by name.
        secrets: Secrets of the namespace by name: values by key.
        pod_slots: Containers that run at the same time; more wait as
            Pending pods do.
        grace_seconds: Time between SIGTERM and SIGKILL.
        lock_folder: Where the files of mutexes and semaphores are. Runs
            with the same folder share their locks, across processes too.
        evictions: How many pods of a template are evicted, the first ones, by
            the template's name.
        archive_log: Called with the workflow's name, the pod's name and the
            container's log when it has ended and ``archiveLogs`` is on.
    """

    images: Mapping[str, LocalImage]
    namespace: str = "default"
    config_maps: Mapping[str, ConfigMap] = field(default_factory=dict)
    secrets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    pod_slots: int = DEFAULT_POD_SLOTS
    grace_seconds: float = DEFAULT_GRACE_SECONDS
    lock_folder: Path = field(default_factory=_default_lock_folder)
    evictions: Mapping[str, int] = field(default_factory=dict)
    archive_log: ArchiveLog | None = None


def parameter_from_config_map(
    config_maps: Mapping[str, ConfigMap], name: str, key: str
) -> str:
    """Reads a parameter's value from a ConfigMap.

    Args:
        config_maps: The ConfigMaps of the namespace.
        name: The ConfigMap's name.
        key: The key.

    Returns:
        The value.

    Raises:
        LookupError: The ConfigMap does not exist, or lacks the label for
            parameters, or has no such key.
    """
    label = f"{PARAMETER_LABEL}: {PARAMETER_LABEL_VALUE}"
    config_map = config_maps.get(name)
    labels = config_map.labels if config_map else {}
    if config_map is None or labels.get(PARAMETER_LABEL) != (
        PARAMETER_LABEL_VALUE
    ):
        raise LookupError(
            f"ConfigMap '{name}' does not exist. Please make sure it has the "
            f"label {label} to be detectable by the controller"
        )
    if key not in config_map.data:
        raise LookupError(f"ConfigMap '{name}' does not have the key '{key}'")
    return config_map.data[key]
