"""The fields of a manifest that the local run knows.

Everything that is not listed is refused before anything runs. The order of
the supported fields is Argo's own, because Argo replaces tags in a template's
text as a whole.
"""

from dataclasses import dataclass, field
from typing import Final

CLUSTER_ONLY: Final = "tells the cluster where and how to run a pod"
IDENTITY: Final = "processes run as the user who started the local run"
CLEAN_UP: Final = "a run's folder stays until its user removes it"
LABELLING: Final = "describes the object to people and tools"
METRICS: Final = "nobody collects metrics of a local run"


@dataclass(frozen=True)
class Leaf:
    """A field whose content is taken as it is."""


@dataclass(frozen=True)
class Listed:
    """A list of objects.

    Attributes:
        of: What each item is.
    """

    of: "Object | Listed"


@dataclass(frozen=True)
class Object:
    """An object with known fields.

    Attributes:
        supported: Fields that the local run honours.
        ignored: Fields without effect, and the reason.
    """

    supported: "dict[str, Leaf | Listed | Object]"
    ignored: dict[str, str] = field(default_factory=dict)


Kind = Leaf | Listed | Object
LEAF: Final = Leaf()

KEY_REFERENCE: Final = Object(
    {"name": LEAF, "key": LEAF, "optional": LEAF},
)
VALUE_FROM: Final = Object(
    {
        "path": LEAF,
        "parameter": LEAF,
        "default": LEAF,
        "configMapKeyRef": KEY_REFERENCE,
        "expression": LEAF,
    },
)
PARAMETER: Final = Object(
    {
        "name": LEAF,
        "default": LEAF,
        "value": LEAF,
        "valueFrom": VALUE_FROM,
        "globalName": LEAF,
        "enum": LEAF,
    },
    {"description": LABELLING},
)
PARAMETERS: Final = Object({"parameters": Listed(PARAMETER)})
ENVIRONMENT_VARIABLE: Final = Object(
    {
        "name": LEAF,
        "value": LEAF,
        "valueFrom": Object(
            {
                "fieldRef": Object({"fieldPath": LEAF, "apiVersion": LEAF}),
                "configMapKeyRef": KEY_REFERENCE,
                "secretKeyRef": KEY_REFERENCE,
            }
        ),
    }
)
_SOURCE: Final = Object({"name": LEAF, "optional": LEAF})
ENVIRONMENT_SOURCE: Final = Object(
    {"prefix": LEAF, "configMapRef": _SOURCE, "secretRef": _SOURCE}
)
CONTAINER: Final = Object(
    {
        "name": LEAF,
        "image": LEAF,
        "command": LEAF,
        "args": LEAF,
        "workingDir": LEAF,
        "envFrom": Listed(ENVIRONMENT_SOURCE),
        "env": Listed(ENVIRONMENT_VARIABLE),
        "volumeMounts": Listed(Object({"name": LEAF, "mountPath": LEAF})),
        "terminationMessagePolicy": LEAF,
    },
    {
        "imagePullPolicy": "images are environments on this machine",
        "resources": "nothing limits local processes",
        "securityContext": IDENTITY,
        "terminationMessagePath": "nobody reads that file locally",
    },
)
VOLUME: Final = Object(
    {
        "name": LEAF,
        "emptyDir": Object(
            {},
            {
                "medium": "the folder is on disk",
                "sizeLimit": "nothing limits local processes",
            },
        ),
    }
)
BACKOFF: Final = Object(
    {"duration": LEAF, "factor": LEAF, "maxDuration": LEAF, "cap": LEAF}
)
RETRY_STRATEGY: Final = Object(
    {
        "limit": LEAF,
        "retryPolicy": LEAF,
        "backoff": BACKOFF,
        "expression": LEAF,
    },
    {"affinity": CLUSTER_ONLY},
)
SEMAPHORE: Final = Object(
    {"configMapKeyRef": KEY_REFERENCE, "namespace": LEAF}
)
MUTEX: Final = Object({"name": LEAF, "namespace": LEAF})
SYNCHRONIZATION: Final = Object(
    {
        "semaphore": SEMAPHORE,
        "mutex": MUTEX,
        "semaphores": Listed(SEMAPHORE),
        "mutexes": Listed(MUTEX),
    }
)
TEMPLATE_REFERENCE: Final = Object({"name": LEAF, "template": LEAF})
CONTINUE_ON: Final = Object({"error": LEAF, "failed": LEAF})
STEP: Final = Object(
    {
        "name": LEAF,
        "template": LEAF,
        "arguments": PARAMETERS,
        "templateRef": TEMPLATE_REFERENCE,
        "withItems": LEAF,
        "withParam": LEAF,
        "when": LEAF,
        "continueOn": CONTINUE_ON,
    }
)
TASK: Final = Object(
    {
        "name": LEAF,
        "template": LEAF,
        "arguments": PARAMETERS,
        "templateRef": TEMPLATE_REFERENCE,
        "dependencies": LEAF,
        "withItems": LEAF,
        "withParam": LEAF,
        "when": LEAF,
        "continueOn": CONTINUE_ON,
        "depends": LEAF,
    }
)
DAG: Final = Object({"target": LEAF, "tasks": Listed(TASK), "failFast": LEAF})
TEMPLATE: Final = Object(
    {
        "name": LEAF,
        "inputs": PARAMETERS,
        "outputs": PARAMETERS,
        "steps": Listed(Listed(STEP)),
        "container": CONTAINER,
        "dag": DAG,
        "volumes": Listed(VOLUME),
        "activeDeadlineSeconds": LEAF,
        "retryStrategy": RETRY_STRATEGY,
        "parallelism": LEAF,
        "failFast": LEAF,
        "synchronization": SYNCHRONIZATION,
        "timeout": LEAF,
    },
    {
        "affinity": CLUSTER_ONLY,
        "annotations": LABELLING,
        "automountServiceAccountToken": IDENTITY,
        "executor": CLUSTER_ONLY,
        "metadata": LABELLING,
        "metrics": METRICS,
        "nodeSelector": CLUSTER_ONLY,
        "podSpecPatch": CLUSTER_ONLY,
        "priorityClassName": CLUSTER_ONLY,
        "schedulerName": CLUSTER_ONLY,
        "securityContext": IDENTITY,
        "serviceAccountName": IDENTITY,
        "tolerations": CLUSTER_ONLY,
    },
)
SPEC: Final = Object(
    {
        "templates": Listed(TEMPLATE),
        "entrypoint": LEAF,
        "arguments": PARAMETERS,
        "serviceAccountName": LEAF,
        "volumes": Listed(VOLUME),
        "parallelism": LEAF,
        "onExit": LEAF,
        "activeDeadlineSeconds": LEAF,
        "priority": LEAF,
        "workflowTemplateRef": Object({"name": LEAF}),
        "synchronization": SYNCHRONIZATION,
        "retryStrategy": RETRY_STRATEGY,
        "archiveLogs": LEAF,
        "workflowMetadata": Object({"labels": LEAF, "annotations": LEAF}),
    },
    {
        "affinity": CLUSTER_ONLY,
        "artifactRepositoryRef": "logs go to the hook for log archives",
        "automountServiceAccountToken": IDENTITY,
        "dnsConfig": CLUSTER_ONLY,
        "dnsPolicy": CLUSTER_ONLY,
        "executor": CLUSTER_ONLY,
        "metrics": METRICS,
        "imagePullSecrets": "images are environments on this machine",
        "nodeSelector": CLUSTER_ONLY,
        "podDisruptionBudget": CLUSTER_ONLY,
        "podGC": CLEAN_UP,
        "podMetadata": LABELLING,
        "podPriorityClassName": CLUSTER_ONLY,
        "podSpecPatch": CLUSTER_ONLY,
        "schedulerName": CLUSTER_ONLY,
        "securityContext": IDENTITY,
        "tolerations": CLUSTER_ONLY,
        "ttlStrategy": CLEAN_UP,
    },
)
METADATA: Final = Object(
    {
        "name": LEAF,
        "generateName": LEAF,
        "namespace": LEAF,
        "labels": LEAF,
        "annotations": LEAF,
    }
)
MANIFEST: Final = Object(
    {"apiVersion": LEAF, "kind": LEAF, "metadata": METADATA, "spec": SPEC}
)
