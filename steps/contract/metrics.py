"""Outputs that operators watch: numbers that become metrics."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel


@dataclass(frozen=True)
class Gauge:
    """Marks an output, by annotation, as a number that operators watch.

    Attributes:
        description: What the number counts, as one sentence.
    """

    description: str


def gauges(outputs: type[BaseModel]) -> Mapping[str, Gauge]:
    """Lists the outputs that are marked as gauges.

    Args:
        outputs: The model of a step's outputs.

    Returns:
        The marks by the fields' names.
    """
    return {
        name: mark
        for name, field in outputs.model_fields.items()
        for mark in field.metadata
        if isinstance(mark, Gauge)
    }
