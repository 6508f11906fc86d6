"""The fields of a manifest that the local run supports.

Everything that is not listed is refused before anything runs. The order of
the supported fields is Argo's own, because Argo replaces tags in a template's
text as a whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

CLUSTER_ONLY: Final = "configures where and how the cluster runs a pod"
IDENTITY: Final = "processes run as the user who started the local run"
POD_PATCH: Final = "only the command of the main container is taken"
CLEAN_UP: Final = "a run's folder stays until its user removes it"
LABELLING: Final = "describes the object to people and tools"
METRICS: Final = "metrics of a local run are not collected"
ENVIRONMENTS: Final = "images are environments on this machine"
NO_LIMITS: Final = "nothing limits local processes"


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

    supported: "Mapping[str, Leaf | Listed | Object]"
    ignored: Mapping[str, str] = field(default_factory=dict)


Kind = Leaf | Listed | Object


def _object(
    names: str, ignored: Mapping[str, str] | None = None, **inner: Kind
) -> Object:
    """Makes an object of fields in order; those not in ``inner`` are leaves.

    The keys of ``ignored`` are fields, too, several with spaces between them.
    """
    supported = {name: inner.get(name, Leaf()) for name in names.split()}
    reasons = {
        name: reason
        for listed, reason in (ignored or {}).items()
        for name in listed.split()
    }
    return Object(supported, reasons)


KEY_REFERENCE: Final = _object("name key optional")
PARAMETER: Final = _object(
    "name default value valueFrom globalName enum",
    {"description": LABELLING},
    valueFrom=_object(
        "path parameter default configMapKeyRef expression",
        configMapKeyRef=KEY_REFERENCE,
    ),
)
PARAMETERS: Final = _object("parameters", parameters=Listed(PARAMETER))
ENVIRONMENT_VARIABLE: Final = _object(
    "name value valueFrom",
    valueFrom=_object(
        "fieldRef configMapKeyRef secretKeyRef",
        fieldRef=_object("fieldPath apiVersion"),
        configMapKeyRef=KEY_REFERENCE,
        secretKeyRef=KEY_REFERENCE,
    ),
)
_SOURCE: Final = _object("name optional")
CONTAINER: Final = _object(
    "name image command args workingDir envFrom env volumeMounts "
    "terminationMessagePolicy",
    {
        "imagePullPolicy": ENVIRONMENTS,
        "resources": NO_LIMITS,
        "securityContext": IDENTITY,
        "terminationMessagePath": "that file is not read locally",
    },
    envFrom=Listed(
        _object(
            "prefix configMapRef secretRef",
            configMapRef=_SOURCE,
            secretRef=_SOURCE,
        )
    ),
    env=Listed(ENVIRONMENT_VARIABLE),
    volumeMounts=Listed(_object("name mountPath")),
)
VOLUMES: Final = Listed(
    _object(
        "name emptyDir",
        emptyDir=_object(
            "", {"medium": "the folder is on disk", "sizeLimit": NO_LIMITS}
        ),
    )
)
RETRY_STRATEGY: Final = _object(
    "limit retryPolicy backoff expression",
    {"affinity": CLUSTER_ONLY},
    backoff=_object("duration factor maxDuration cap"),
)
SEMAPHORE: Final = _object(
    "configMapKeyRef namespace", configMapKeyRef=KEY_REFERENCE
)
MUTEX: Final = _object("name namespace")
SYNCHRONIZATION: Final = _object(
    "semaphore mutex semaphores mutexes",
    semaphore=SEMAPHORE,
    mutex=MUTEX,
    semaphores=Listed(SEMAPHORE),
    mutexes=Listed(MUTEX),
)
TEMPLATE_REFERENCE: Final = _object("name template")
CONTINUE_ON: Final = _object("error failed")
STEP: Final = _object(
    "name template arguments templateRef withItems withParam when continueOn",
    arguments=PARAMETERS,
    templateRef=TEMPLATE_REFERENCE,
    continueOn=CONTINUE_ON,
)
TASK: Final = _object(
    "name template arguments templateRef dependencies withItems withParam "
    "when continueOn depends",
    arguments=PARAMETERS,
    templateRef=TEMPLATE_REFERENCE,
    continueOn=CONTINUE_ON,
)
TEMPLATE: Final = _object(
    "name inputs outputs steps container dag volumes activeDeadlineSeconds "
    "retryStrategy parallelism failFast synchronization timeout",
    {
        "affinity executor nodeSelector priorityClassName "
        "schedulerName tolerations": CLUSTER_ONLY,
        "podSpecPatch": POD_PATCH,
        "annotations metadata": LABELLING,
        "automountServiceAccountToken securityContext "
        "serviceAccountName": IDENTITY,
        "metrics": METRICS,
    },
    inputs=PARAMETERS,
    outputs=PARAMETERS,
    steps=Listed(Listed(STEP)),
    container=CONTAINER,
    dag=_object("target tasks failFast", tasks=Listed(TASK)),
    volumes=VOLUMES,
    retryStrategy=RETRY_STRATEGY,
    synchronization=SYNCHRONIZATION,
)
SPEC: Final = _object(
    "templates entrypoint arguments serviceAccountName volumes parallelism "
    "onExit activeDeadlineSeconds priority workflowTemplateRef "
    "synchronization retryStrategy archiveLogs workflowMetadata",
    {
        "affinity dnsConfig dnsPolicy executor nodeSelector "
        "podDisruptionBudget podPriorityClassName podSpecPatch schedulerName "
        "tolerations": CLUSTER_ONLY,
        "artifactRepositoryRef": "logs go to the hook for log archives",
        "automountServiceAccountToken securityContext": IDENTITY,
        "imagePullSecrets": ENVIRONMENTS,
        "metrics": METRICS,
        "podGC ttlStrategy": CLEAN_UP,
        "podMetadata": LABELLING,
    },
    templates=Listed(TEMPLATE),
    arguments=PARAMETERS,
    volumes=VOLUMES,
    workflowTemplateRef=_object("name"),
    synchronization=SYNCHRONIZATION,
    retryStrategy=RETRY_STRATEGY,
    workflowMetadata=_object("labels annotations"),
)
MANIFEST: Final = _object(
    "apiVersion kind metadata spec",
    metadata=_object("name generateName namespace labels annotations"),
    spec=SPEC,
)
