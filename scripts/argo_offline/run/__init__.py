"""Running a rendered WorkflowTemplate without a cluster.

Each container runs as a process of this machine, in the environment that
stands for its image. It is a tool for development, not an engine: what it
does not support is refused before anything runs, and where it differs from
Argo Workflows, it is wrong.
"""

from argo_offline.errors import (
    ArgumentError,
    LocalRunError,
    ManifestError,
)
from argo_offline.run.cluster import (
    ArchiveLog,
    ConfigMap,
    LocalCluster,
    LocalImage,
)
from argo_offline.run.engine import StopRequest, stop_on_signals
from argo_offline.run.files import FilesRun, parameter_of, read_run
from argo_offline.run.manifest import (
    Manifest,
    manifests_of,
    read_manifests,
)
from argo_offline.run.nodes import NodeType, Phase
from argo_offline.run.results import (
    Listener,
    NodeEvent,
    NodeRecord,
    WorkflowResult,
)
from argo_offline.run.run import run_workflow

__all__ = [
    "ArchiveLog",
    "ArgumentError",
    "ConfigMap",
    "FilesRun",
    "Listener",
    "LocalCluster",
    "LocalImage",
    "LocalRunError",
    "Manifest",
    "ManifestError",
    "NodeEvent",
    "NodeRecord",
    "NodeType",
    "Phase",
    "StopRequest",
    "WorkflowResult",
    "manifests_of",
    "parameter_of",
    "read_manifests",
    "read_run",
    "run_workflow",
    "stop_on_signals",
]
