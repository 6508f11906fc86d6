"""Checks of single values: numbers and durations, as Go reads them."""

import re

import yaml

from argo_offline.errors import LocalRunError
from argo_offline.go_values import parse_duration, whole_number

TAG = re.compile(r"\{\{.*?\}\}", re.DOTALL)


def number_problem(value: object, least: int | None = None) -> str:
    """Check a whole number that may be written as text or as a tag.

    Args:
        value: The value.
        least: The smallest number that is allowed.

    Returns:
        What is wrong and what to do, empty when nothing is.
    """
    if isinstance(value, str) and TAG.fullmatch(value):
        return ""
    try:
        number = whole_number(value)
    except LocalRunError as error:
        return f"'{value}' is no number: {error}; write a whole one"
    below = least is not None and number < least
    return f"{value} is below {least}" if below else ""


def duration_problem(value: object) -> str:
    """Check a duration.

    Args:
        value: The value.

    Returns:
        What is wrong and what to do, empty when nothing is.
    """
    try:
        if "{{" not in str(value):
            parse_duration(str(value))
    except LocalRunError:
        return f"'{value}' is no duration; write it like 90s or 1h30m"
    return ""


def yaml_problem(text: str) -> str:
    """Check a YAML document that stands in a string.

    Args:
        text: The document.

    Returns:
        What is wrong, empty when nothing is.
    """
    try:
        yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        return " ".join(str(error).split())
    return ""
