"""Which services an object needs, for the chart that leaves it out."""

from collections.abc import Iterable
from typing import Any

from steps.contract.step import Step
from workflows.authoring.names import SERVICES_ANNOTATION


def services_of(steps: Iterable[Step[Any, Any]]) -> set[str]:
    """Names the services without which steps cannot run.

    Args:
        steps: The steps.

    Returns:
        The services' names.
    """
    return {
        settings.service
        for step in steps
        for parameter, settings in step.settings.items()
        if parameter not in step.optional_settings
    }


def services_annotation(steps: Iterable[Step[Any, Any]]) -> dict[str, str]:
    """Makes the annotation by which the chart leaves an object out.

    Args:
        steps: The steps that need services.

    Returns:
        The annotation; nothing where the steps need no service.
    """
    services = services_of(steps)
    if not services:
        return {}
    return {SERVICES_ANNOTATION: ",".join(sorted(services))}
