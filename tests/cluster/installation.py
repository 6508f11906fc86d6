"""What an installation of the project consists of, for the tests."""

import copy
import os
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from checkout.images import IMAGES, STEPS, Image
from checkout.paths import RENDERED
from events.relay import IMAGE as UNSET_IMAGE
from moderate.settings import config_maps, secrets
from steps.clients.object_store import BucketSettings
from tests.cluster.kubernetes import Object
from workflows.authoring.names import ARTIFACT_REPOSITORY, secret_name

IMAGES_VARIABLE = "CLUSTER_IMAGES"
DEFAULT_IMAGES = "localhost/moderate-workflows/{name}:dev"
KEY_FORMAT = "workflow-logs/{{workflow.name}}/{{pod.name}}"
S3_SECRET = secret_name(BucketSettings.service)

Change = Callable[[dict[str, Any]], None]


def image_reference(image: Image) -> str:
    """What one of the project's images is called on the cluster's nodes."""
    form = os.environ.get(IMAGES_VARIABLE, DEFAULT_IMAGES)
    return form.format(name=image.name)


def image_settings() -> Mapping[str, str]:
    """The settings that name the project's images."""
    return {one.variable: image_reference(one) for one in IMAGES.values()}


def rendered(*names: str) -> list[dict[str, Any]]:
    """Reads the rendered objects of some names, ready to be applied.

    Args:
        *names: Their names, or patterns of them.

    Returns:
        The objects; the relay has its image.
    """
    return [
        yaml.safe_load(
            file.read_text("utf-8").replace(
                UNSET_IMAGE, image_reference(STEPS)
            )
        )
        for name in names
        for file in sorted(RENDERED.glob(f"{name}.*.yaml"))
    ]


def service_secret(service: str, data: Mapping[str, str]) -> Object:
    """Makes the Secret of a service."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": secret_name(service)},
        "stringData": dict(data),
    }


def variant(document: Object, name: str, change: Change) -> Object:
    """Copies a WorkflowTemplate under another name, with a change.

    Args:
        document: The WorkflowTemplate.
        name: The copy's name.
        change: Changes the copy's spec.

    Returns:
        The copy.
    """
    changed: dict[str, Any] = copy.deepcopy(dict(document))
    changed["metadata"]["name"] = name
    change(changed["spec"])
    return changed


def template_of(spec: Object, name: str) -> dict[str, Any]:
    """Finds a template of a workflow's spec by its name."""
    (found,) = (item for item in spec["templates"] if item["name"] == name)
    template: dict[str, Any] = found
    return template


def node_of(workflow: Object, template: str) -> dict[str, Any]:
    """Finds the only pod of a template in a Workflow that has run."""
    (found,) = (
        node
        for node in workflow["status"]["nodes"].values()
        if node["templateName"] == template and node["type"] == "Pod"
    )
    node: dict[str, Any] = found
    return node


def settings_objects(values: Mapping[str, str]) -> list[Object]:
    """Makes what a cluster's operator sets up: settings and Secrets.

    Args:
        values: Settings by variable name.

    Returns:
        ConfigMaps and Secrets.
    """
    maps = [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": name, "labels": dict(item.labels)},
            "data": dict(item.data),
        }
        for name, item in config_maps(values).items()
    ]
    credentials = [
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": name},
            "stringData": dict(data),
        }
        for name, data in secrets(values).items()
    ]
    return [*maps, *credentials, _artifact_repository(values)]


def _artifact_repository(values: Mapping[str, str]) -> Object:
    scheme, _, endpoint = values["S3_ENDPOINT_URL"].partition("://")
    repository = {
        "archiveLogs": True,
        "s3": {
            "bucket": values["S3_JOB_OUTPUTS_BUCKET_NAME"],
            "endpoint": endpoint,
            "insecure": scheme == "http",
            "region": values["S3_REGION"],
            "keyFormat": KEY_FORMAT,
            "accessKeySecret": {
                "name": S3_SECRET,
                "key": "S3_ACCESS_KEY_ID",
            },
            "secretKeySecret": {
                "name": S3_SECRET,
                "key": "S3_SECRET_ACCESS_KEY",
            },
        },
    }
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": ARTIFACT_REPOSITORY},
        "data": {"default": yaml.safe_dump(repository)},
    }
