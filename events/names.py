"""Names that the events' objects share."""

from collections.abc import Iterable

from events.models.base import ObjectMeta
from workflows.authoring.names import PROJECT, SERVICES_ANNOTATION, labels

BUS = PROJECT
VARIANT_ANNOTATION = "moderate.eu/variant"
SENSOR_ACCOUNT = f"{PROJECT}-sensor"
PLAIN_ACCOUNT = f"{PROJECT}-events"


def metadata(
    name: str, *, services: Iterable[str], variant: str = ""
) -> ObjectMeta:
    """Makes the metadata of an object.

    Args:
        name: Its name.
        services: The services without which it is of no use.
        variant: The chart's value, as ``path=value``, with which it is
            chosen; empty where it is always installed.

    Returns:
        The metadata.
    """
    annotations = {SERVICES_ANNOTATION: ",".join(sorted(services))}
    if variant:
        annotations[VARIANT_ANNOTATION] = variant
    return ObjectMeta(name=name, labels=labels(name), annotations=annotations)
