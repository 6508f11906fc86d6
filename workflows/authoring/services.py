"""Which services an object needs, for the chart that leaves it out."""

from collections.abc import Iterable
from typing import Any

from steps.contract.step import Step
from workflows.authoring.names import SERVICES_ANNOTATION


def services_annotation(steps: Iterable[Step[Any, Any]]) -> dict[str, str]:
    """Names the services without which steps cannot run.

    Args:
        steps: The steps.

    Returns:
        The annotation by which the chart leaves an object out where one of
        its services is switched off; nothing where the steps need none.
    """
    services = {
        settings.service
        for step in steps
        for parameter, settings in step.settings.items()
        if parameter not in step.spared
    }
    if not services:
        return {}
    return {SERVICES_ANNOTATION: ",".join(sorted(services))}
