"""The settings of this machine, as a cluster would hold them."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic.fields import FieldInfo

from argo_offline.run.cluster import ConfigMap
from checkout.dotenv_file import read_dotenv
from checkout.images import IMAGES
from checkout.paths import DOTENV
from steps.contract.log_settings import LogSettings
from steps.contract.process import load_step
from steps.contract.settings import ServiceSettings
from steps.registry import STEPS as STEP_NAMES
from workflows.authoring.names import (
    CONFIG_MAP,
    CONFIG_MAP_LABELS,
    LIMITS,
    LIMITS_DATA,
    secret_name,
)

SettingsT = TypeVar("SettingsT", bound=ServiceSettings)


@dataclass(frozen=True)
class Setting:
    """A variable that some step reads.

    Attributes:
        variable: Its name.
        service: The service that it belongs to.
        secret: Whether it must come from a Secret.
        field: What it is, its default and examples.
    """

    variable: str
    service: str
    secret: bool
    field: FieldInfo


def all_settings() -> dict[str, Setting]:
    """Lists the variables that any step reads.

    Returns:
        The settings by variable name.
    """
    return {
        setting.variable: setting
        for kind in _settings_classes()
        for setting in settings_of(kind)
    }


def settings_of(kind: type[ServiceSettings]) -> Iterator[Setting]:
    """Lists the variables of a settings class.

    Args:
        kind: The class.

    Yields:
        Each variable.
    """
    for variable, field in kind.variables().items():
        yield Setting(
            variable=variable,
            service=kind.service,
            secret=kind.is_secret(variable),
            field=field,
        )


def image_settings() -> dict[str, str]:
    """Names this machine's images, as the operators do on a cluster.

    Returns:
        The images' local references by variable name.
    """
    return {image.variable: image.local_reference for image in IMAGES.values()}


def from_this_machine() -> dict[str, str]:
    """Reads the settings of the environment and of ``.env``.

    Returns:
        The variables that are set; the environment wins.

    Raises:
        BadSettingsError: ``.env`` cannot be read.
    """
    values = {**read_dotenv(DOTENV), **os.environ}
    known = all_settings()
    return {
        **image_settings(),
        **{
            name: value
            for name, value in values.items()
            if name in known and value
        },
    }


def variable(name: str) -> str:
    """Reads a variable that no step reads, of the environment or ``.env``.

    Args:
        name: Its name.

    Returns:
        Its value, empty where it is not set; the environment wins.

    Raises:
        BadSettingsError: ``.env`` cannot be read.
    """
    return os.environ.get(name) or read_dotenv(DOTENV).get(name, "")


def missing_settings(
    steps: Iterable[str], values: Mapping[str, str]
) -> list[str]:
    """Lists the variables that steps cannot do without and that are not set.

    Args:
        steps: Names of the steps.
        values: Settings by variable name.

    Returns:
        The variables' names.
    """
    needed = {
        variable: field
        for step in map(load_step, steps)
        for parameter, kind in step.settings.items()
        if parameter not in step.optional_settings
        for variable, field in kind.variables().items()
    }
    return [
        variable
        for variable, field in needed.items()
        if field.is_required() and variable not in values
    ]


def config_maps(values: Mapping[str, str]) -> dict[str, ConfigMap]:
    """Makes the ConfigMaps that a cluster would hold.

    Args:
        values: Settings by variable name.

    Returns:
        The ConfigMaps by their names, without secrets.
    """
    known = all_settings()
    data = {
        name: value
        for name, value in values.items()
        if name not in known or not known[name].secret
    }
    return {
        CONFIG_MAP: ConfigMap(data=data, labels=CONFIG_MAP_LABELS),
        LIMITS: ConfigMap(data=LIMITS_DATA),
    }


def secrets(values: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Makes the Secrets that a cluster would hold.

    Args:
        values: Settings by variable name.

    Returns:
        The Secrets by their names, one per service.
    """
    found: dict[str, dict[str, str]] = {}
    for name, setting in all_settings().items():
        if setting.secret and name in values:
            secret = found.setdefault(secret_name(setting.service), {})
            secret[name] = values[name]
    return found


def _settings_classes() -> set[type[ServiceSettings]]:
    return {LogSettings} | {
        kind
        for name in STEP_NAMES
        for kind in load_step(name).settings.values()
    }
