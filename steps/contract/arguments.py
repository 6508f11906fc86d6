"""From a step's command line to its inputs."""

import json
import typing
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from steps.contract.errors import WrongUseError

ModelT = TypeVar("ModelT", bound=BaseModel)


def is_text(field: FieldInfo) -> bool:
    """Returns whether a field travels as it is, and not as JSON.

    Args:
        field: A field of a step's inputs or outputs.

    Returns:
        Whether its type is text.
    """
    return field.annotation is str or (
        typing.get_origin(field.annotation) is typing.Literal
    )


def to_wire(value: object, field: FieldInfo) -> str:
    """Writes a field's value as a parameter's text.

    Args:
        value: The value as ``model_dump(mode="json")`` gives it.
        field: The field.

    Returns:
        Text as it is, everything else as JSON.
    """
    if is_text(field):
        return str(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def parse_arguments(arguments: Sequence[str], inputs: type[ModelT]) -> ModelT:
    """Reads ``--key=value`` arguments into a step's inputs.

    Args:
        arguments: The arguments after the step's name.
        inputs: The model of the step's inputs.

    Returns:
        The validated inputs.

    Raises:
        WrongUseError: An argument is malformed, unknown, given twice,
            missing or of the wrong type.
    """
    values: dict[str, Any] = {}
    for argument in arguments:
        name, value = _split(argument, inputs.model_fields)
        if name in values:
            raise WrongUseError(f"--{name} is given twice.")
        values[name] = value
    try:
        return inputs.model_validate_json(json.dumps(values), strict=True)
    except ValidationError as error:
        raise WrongUseError(_explain(error)) from None


def _split(
    argument: str, fields: Mapping[str, FieldInfo]
) -> tuple[str, object]:
    name, equals, text = argument.removeprefix("--").partition("=")
    if not (argument.startswith("--") and equals):
        raise WrongUseError(f"{argument!r} is not of the form --name=value.")
    if name not in fields:
        raise WrongUseError(
            f"--{name} is unknown. This step takes: "
            + (", ".join(f"--{known}" for known in fields) or "nothing")
            + "."
        )
    if is_text(fields[name]):
        return name, text
    try:
        return name, json.loads(text)
    except (ValueError, RecursionError):
        raise WrongUseError(f"--{name} is not JSON: {text[:100]!r}.") from None


def _explain(error: ValidationError) -> str:
    faults = (
        f"--{'.'.join(map(str, detail['loc']))}: {detail['msg']}"
        for detail in error.errors(include_url=False, include_input=False)
    )
    return "The arguments are not usable. " + "; ".join(faults)
