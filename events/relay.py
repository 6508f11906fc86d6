"""The relay's Deployment; what it does is in ``steps/relay``."""

from typing import Any

from events.matrix_profile import PIPELINE_SERVICES
from events.models.pod import ContainerSecurity, PodSecurity, Resources
from events.names import PLAIN_ACCOUNT, metadata
from events.pods import apart
from steps.clients.event_webhook_settings import WebhookSettings
from steps.clients.platform_api_settings import PlatformApiSettings
from steps.contract.log_settings import LogSettings
from steps.contract.settings import ServiceSettings
from steps.relay.settings import PORT, RabbitSettings
from workflows.authoring.names import CONFIG_MAP, labels, secret_name

NAME = "matrix-profile-relay"
VARIANT = "rabbitmq.source=relay"
# The chart puts the image of the steps in its place.
IMAGE = "moderate-workflows/steps:set-by-the-chart"
REPLICAS = 2
# Longer than the relay takes to finish what it has begun.
GRACE_SECONDS = 45
SELECTOR = {"app.kubernetes.io/name": NAME}
SCRATCH = "/tmp"  # noqa: S108  (the pod's own volume)
OUTPUTS_VARIABLE = "S3_JOB_OUTPUTS_BUCKET_NAME"
RESOURCES = Resources.of(
    cpu="20m", memory="64Mi", cpu_limit="500m", memory_limit="512Mi"
)


def build() -> list[dict[str, Any]]:
    """Builds the relay's objects.

    Returns:
        The Deployment and its PodDisruptionBudget.
    """
    described = metadata(
        NAME,
        services=(
            WebhookSettings.service,
            RabbitSettings.service,
            *PIPELINE_SERVICES,
        ),
        variant=VARIANT,
    ).document()
    return [
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": described,
            "spec": {
                "replicas": REPLICAS,
                "selector": {"matchLabels": SELECTOR},
                "template": {
                    "metadata": {"labels": labels(NAME)},
                    "spec": _pod(),
                },
            },
        },
        {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": described,
            "spec": {
                "maxUnavailable": 1,
                "selector": {"matchLabels": SELECTOR},
                "unhealthyPodEvictionPolicy": "AlwaysAllow",
            },
        },
    ]


def _pod() -> dict[str, Any]:
    return {
        "automountServiceAccountToken": False,
        "affinity": apart(SELECTOR),
        "enableServiceLinks": False,
        "serviceAccountName": PLAIN_ACCOUNT,
        "securityContext": PodSecurity().document(),
        "terminationGracePeriodSeconds": GRACE_SECONDS,
        "containers": [_container()],
        "volumes": [{"name": "scratch", "emptyDir": {"sizeLimit": "64Mi"}}],
    }


def _container() -> dict[str, Any]:
    return {
        "name": "relay",
        "image": IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "command": ["python", "-m", "steps.relay"],
        "env": [
            *_environment(RabbitSettings),
            *_environment(WebhookSettings),
            *_environment(PlatformApiSettings),
            _from_config_map(OUTPUTS_VARIABLE),
            *_environment(LogSettings),
        ],
        "ports": [{"name": "probes", "containerPort": PORT}],
        "readinessProbe": _probe("/ready", period_seconds=5),
        "livenessProbe": _probe("/live", period_seconds=30),
        "resources": RESOURCES.document(),
        "securityContext": ContainerSecurity().document(),
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [{"name": "scratch", "mountPath": SCRATCH}],
    }


def _probe(path: str, *, period_seconds: int) -> dict[str, Any]:
    return {
        "httpGet": {"path": path, "port": "probes"},
        "periodSeconds": period_seconds,
        "timeoutSeconds": 5,
    }


def _environment(settings: type[ServiceSettings]) -> list[dict[str, Any]]:
    """References the variables; the relay reports a missing one."""
    return [
        _from_secret(variable, secret_name(settings.service))
        if settings.is_secret(variable)
        else _from_config_map(variable)
        for variable in settings.variables()
    ]


def _from_secret(variable: str, secret: str) -> dict[str, Any]:
    return {
        "name": variable,
        "valueFrom": {
            "secretKeyRef": {"name": secret, "key": variable, "optional": True}
        },
    }


def _from_config_map(variable: str) -> dict[str, Any]:
    return {
        "name": variable,
        "valueFrom": {
            "configMapKeyRef": {
                "name": CONFIG_MAP,
                "key": variable,
                "optional": True,
            }
        },
    }
