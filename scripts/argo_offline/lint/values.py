"""Checks of single values: numbers and durations, as Go reads them."""

import re

import yaml

TAG = re.compile(r"\{\{.*?\}\}", re.DOTALL)
NUMBER = re.compile(r"[-+]?[0-9]+")
DURATION = re.compile(
    r"[-+]?([0-9]+|((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))+)"
)


def number_problem(value: object, least: int | None = None) -> str:
    """Check a whole number that may be written as text or as a tag.

    Args:
        value: The value.
        least: The smallest number that is allowed.

    Returns:
        What is wrong and what to do, empty when nothing is.
    """
    written = str(value)
    if isinstance(value, str) and TAG.fullmatch(written):
        return ""
    if isinstance(value, bool) or not NUMBER.fullmatch(written):
        return f"'{value}' is no number; write a whole one"
    if least is not None and int(written) < least:
        return f"{value} is below {least}"
    return ""


def duration_problem(value: object) -> str:
    """Check a duration.

    Args:
        value: The value.

    Returns:
        What is wrong and what to do, empty when nothing is.
    """
    if "{{" in str(value) or DURATION.fullmatch(str(value)):
        return ""
    return f"'{value}' is no duration; write it like 90s or 1h30m"


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
