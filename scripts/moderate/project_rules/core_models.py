"""What the models of Kubernetes' objects have in common."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Strings = dict[str, str]
NonEmpty = Annotated[list[str], Field(min_length=1)]


class Closed(BaseModel):
    """A model that refuses unknown fields and converts nothing."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", frozen=True, strict=True
    )


class ObjectMeta(Closed):
    """The metadata that a file may state."""

    name: str | None = None
    generate_name: str | None = None
    namespace: str | None = None
    labels: Strings | None = None
    annotations: Strings | None = None
    finalizers: list[str] | None = None


class LocalReference(Closed):
    """A reference to an object of the same namespace."""

    name: str


class LabelRequirement(Closed):
    """A condition on a label."""

    key: str
    operator: Literal["In", "NotIn", "Exists", "DoesNotExist"]
    values: list[str] | None = None


class LabelSelector(Closed):
    """A selection of objects by their labels."""

    match_expressions: list[LabelRequirement] | None = None
    match_labels: Strings | None = None
