"""Names that the rendered objects, the chart and the tools share."""

API_VERSION = "argoproj.io/v1alpha1"
PROJECT = "moderate-workflows"
CONFIG_MAP = PROJECT
ARTIFACT_REPOSITORY = f"{PROJECT}-artifacts"
LIMITS = f"{PROJECT}-limits"
TRUST_REQUESTS = "trust-requests"
# Each holds one of the Platform API's 15 database connections while the
# ledger works: 13 at once did no harm, 40 stopped the platform.
LIMITS_DATA = {TRUST_REQUESTS: "8"}
UNSET_IMAGE = "image-not-set"
CONFIG_MAP_LABELS = {"workflows.argoproj.io/configmap-type": "Parameter"}
TITLE_ANNOTATION = "workflows.argoproj.io/title"
DESCRIPTION_ANNOTATION = "workflows.argoproj.io/description"
ENCODED_PARAMETERS_ANNOTATION = "moderate.eu/encoded-parameters"
MESSAGE_ID_LABEL = "moderate.eu/message-id"
SERVICES_ANNOTATION = "moderate.eu/services"


def image_variable(image: str) -> str:
    """Returns the name under which an image's reference is set.

    Args:
        image: The image, a folder of ``images/``.

    Returns:
        The key in the ConfigMap.
    """
    return f"{image.replace('-', '_').upper()}_IMAGE"


def labels(component: str) -> dict[str, str]:
    """Returns the labels that every object of a component carries.

    Args:
        component: The feature that the object belongs to.

    Returns:
        The recommended labels of Kubernetes.
    """
    return {
        "app.kubernetes.io/name": component,
        "app.kubernetes.io/component": component,
        "app.kubernetes.io/part-of": PROJECT,
    }


def secret_name(service: str) -> str:
    """Returns the name of the Secret with a service's credentials.

    Args:
        service: Name of the service, as its settings class gives it.

    Returns:
        The Secret's name.
    """
    return f"{PROJECT}-{service}"
