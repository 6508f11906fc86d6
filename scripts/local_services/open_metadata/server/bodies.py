"""Bodies, held against the ingestion framework's own models."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from pydantic import BaseModel, ValidationError

from local_services.open_metadata.server.errors import bad_request

Json: TypeAlias = dict[str, Any]

LONGEST_NAME = 256
SHOWN_FAULTS = 3
NESTED = ("columns", "children")


def validated(model: type[BaseModel], body: object) -> Json:
    """Checks a body and returns it as it was sent.

    Args:
        model: What it must be.
        body: The parsed JSON.

    Returns:
        The body without nulls.

    Raises:
        RefusedError: It is not such a model, or holds a field that the model
            does not have, or a name that the server's schema refuses.
    """
    if not isinstance(body, dict):
        raise bad_request(f"The body of {model.__name__} is not an object")
    try:
        model.model_validate(body)
    except ValidationError as error:
        raise bad_request(f"{model.__name__}: {_faults(error)}") from None
    check_names(body)
    return {key: value for key, value in body.items() if value is not None}


def check_names(body: Mapping[str, Any]) -> None:
    """Refuses names that ``entityName`` of the JSON schemas refuses.

    The generated models lack its pattern ``^((?!::).)*$``.

    Args:
        body: A body that may hold a name, and columns with names.

    Raises:
        RefusedError: A name is refused.
    """
    if isinstance(body.get("name"), str):
        _check_name(body["name"])
    for key in NESTED:
        for nested in body.get(key) or ():
            if isinstance(nested, dict):
                check_names(nested)


def check_answer(model: type[BaseModel], answer: Mapping[str, Any]) -> None:
    """Holds an answer against its model, so that the double stays true.

    Args:
        model: What the answer must be.
        answer: The answer.

    Raises:
        ValidationError: It is not such a model: a fault of the double.
    """
    model.model_validate(dict(answer))


def _check_name(name: str) -> None:
    if "::" in name or "\n" in name or "\r" in name:
        raise bad_request(f'[name must match "^((?!::).)*$"]: {name!r}')
    if not 0 < len(name) <= LONGEST_NAME:
        raise bad_request("[name size must be between 1 and 256]")


def _faults(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_input=False)
    return "; ".join(
        f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
        for fault in faults[:SHOWN_FAULTS]
    )
