"""The images of steps: parameters that the operators' ConfigMap sets."""

import re
from collections.abc import Iterable

from hera.workflows import Container, Parameter
from hera.workflows.models import ConfigMapKeySelector, ValueFrom

from workflows.authoring.names import CONFIG_MAP, image_variable

_TAG = re.compile(r"^\{\{workflow\.parameters\.(\w+_image)\}\}$")


def image_tag(image: str) -> str:
    """Returns the tag that stands for an image in a template.

    Args:
        image: The image, a folder of ``images/``.

    Returns:
        A tag of Argo's.
    """
    return f"{{{{workflow.parameters.{image_variable(image).lower()}}}}}"


def image_parameters(pods: Iterable[Container]) -> list[Parameter]:
    """Lists the parameters that name the images of some pods.

    Args:
        pods: The container templates.

    Returns:
        One parameter for each image, in the order of their names.
    """
    tags = (_TAG.match(str(pod.image)) for pod in pods)
    return [
        _image_parameter(name)
        for name in sorted({tag[1] for tag in tags if tag})
    ]


def _image_parameter(name: str) -> Parameter:
    return Parameter(
        name=name,
        description="The image of the steps; set by the operators.",
        value_from=ValueFrom(
            config_map_key_ref=ConfigMapKeySelector(
                name=CONFIG_MAP, key=name.upper()
            )
        ),
    )
