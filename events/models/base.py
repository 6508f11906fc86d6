"""What all models have in common."""

from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Model(BaseModel):
    """A part of a Kubernetes object; an unknown field is an error."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        populate_by_name=True,
    )

    def document(self) -> dict[str, Any]:
        """Returns the object as Kubernetes reads it."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class ObjectMeta(Model):
    """The metadata of an object.

    Attributes:
        name: Its name, unless it is generated.
        generate_name: What the generated name begins with.
        labels: Its labels.
        annotations: Its annotations.
    """

    name: str | None = None
    generate_name: str | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None


class SecretKey(Model):
    """One key of a Secret.

    Attributes:
        name: The Secret.
        key: The key.
    """

    name: str
    key: str


class Backoff(Model):
    """Growing pauses between repetitions.

    Attributes:
        steps: The most tries.
        duration: The first pause.
        factor: By how much each pause is longer than the one before.
        jitter: The share of a pause that is left to chance.
    """

    steps: int
    duration: str
    factor: float = 2
    jitter: float = 0.1
