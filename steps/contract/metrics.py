"""Outputs that operators watch: numbers that become metrics."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

ITEMS = "items"
OUTCOME_LABEL = "outcome"


@dataclass(frozen=True)
class Gauge:
    """Marks an output, by annotation, as a number that operators watch.

    Attributes:
        description: What the number counts, as one sentence.
        name: The metric's name; made of the step's and the output's names
            where empty.
        labels: Labels that distinguish it from outputs with the same name.
    """

    description: str
    name: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


def items(outcome: str) -> Gauge:
    """Marks an output as how many items of a fan-out ended in one way.

    Args:
        outcome: How they ended.

    Returns:
        The mark; all fan-outs share its metric.
    """
    return Gauge(
        "Items of the last run that had any, by outcome.",
        name=ITEMS,
        labels={OUTCOME_LABEL: outcome},
    )


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
