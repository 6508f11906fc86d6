"""Small workflows for tests, and running them."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from argo_offline.run import (
    LocalCluster,
    LocalImage,
    NodeEvent,
    StopRequest,
    WorkflowResult,
    read_manifests,
    run_workflow,
)

SOURCE = "small.yaml"
MOUNT = "/tmp"  # noqa: S108 - where the containers have a folder


def python(code: str, **container: Any) -> dict[str, Any]:
    """Makes a container that runs Python code, with a folder at /tmp."""
    return {
        "image": "steps",
        "command": ["python", "-c", code],
        "volumeMounts": [{"name": "tmp", "mountPath": MOUNT}],
        **container,
    }


def workflow(
    main: Mapping[str, Any],
    *others: Mapping[str, Any],
    **spec: Any,
) -> dict[str, Any]:
    """Makes a WorkflowTemplate with ``main`` as its entry point."""
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "WorkflowTemplate",
        "metadata": {"name": "small"},
        "spec": {
            "entrypoint": "main",
            "volumes": [{"name": "tmp", "emptyDir": {}}],
            "templates": [{"name": "main", **main}, *others],
            **spec,
        },
    }


def local_cluster(folder: Path, **changes: Any) -> LocalCluster:
    """Makes a cluster with the image ``steps`` and a short grace period."""
    image = LocalImage(path=(Path(sys.executable).parent,))
    defaults: dict[str, Any] = {
        "images": {"steps": image},
        "grace_seconds": 0.5,
        "lock_folder": folder / "locks",
    }
    return LocalCluster(**{**defaults, **changes})


async def run(
    document: dict[str, Any],
    folder: Path,
    *,
    cluster: LocalCluster | None = None,
    arguments: Mapping[str, str] | None = None,
    on_event: Callable[[NodeEvent], None] = lambda _: None,
    stop: StopRequest | None = None,
) -> WorkflowResult:
    """Runs a manifest as it is after rendering and reading."""
    rendered = yaml.safe_load(yaml.safe_dump(document))
    return await run_workflow(
        read_manifests([rendered], SOURCE),
        arguments=arguments or {},
        cluster=cluster or local_cluster(folder),
        run_folder=folder / "run",
        on_event=on_event,
        stop=stop,
    )
