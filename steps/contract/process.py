"""Running a step as the process of a container."""

import importlib
import logging
from collections.abc import (
    Callable,
    Collection,
    Iterable,
    Mapping,
    Sequence,
)
from typing import Any

from pydantic import BaseModel, SecretStr

from steps import registry
from steps.contract.arguments import parse_arguments
from steps.contract.errors import (
    BadSettingsError,
    ExitCode,
    ItemsFailedError,
    ModerateError,
    WrongUseError,
)
from steps.contract.log import start_log
from steps.contract.outputs import (
    clear_outputs,
    outputs_dir,
    write_outputs,
)
from steps.contract.settings import ServiceSettings
from steps.contract.step import Step

log = logging.getLogger(__name__)


def load_step(name: str) -> Step[Any, Any]:
    """Imports a step, and nothing but that step.

    Args:
        name: Its name in the registry.

    Returns:
        The step.

    Raises:
        WrongUseError: There is no step of that name.
    """
    if name not in registry.STEPS:
        raise WrongUseError(
            f"There is no step {name!r}. There are: "
            f"{', '.join(registry.STEPS)}."
        )
    module, _, attribute = registry.STEPS[name].partition(":")
    loaded: Step[Any, Any] = getattr(
        importlib.import_module(module), attribute
    )
    return loaded


def guard(work: Callable[[], None]) -> ExitCode:
    """Turns the end of a piece of work into an exit code.

    Args:
        work: What the process is there for.

    Returns:
        The exit code that Argo decides by.
    """
    try:
        work()
    except ModerateError as error:
        log.error("%s", error)  # noqa: TRY400  (expected: no stack trace)
        return error.exit_code
    except Exception:
        log.exception("This is a bug in the step")
        return ExitCode.BUG
    return ExitCode.DONE


def secrets_of(settings: Iterable[ServiceSettings]) -> list[str]:
    """Lists the secret values of settings, for redaction.

    Args:
        settings: Loaded settings.

    Returns:
        The values.
    """
    return [
        value.get_secret_value()
        for loaded in settings
        for _, value in loaded
        if isinstance(value, SecretStr)
    ]


def load_settings(
    kinds: Mapping[str, type[ServiceSettings]],
    optional_settings: Collection[str] = (),
) -> dict[str, ServiceSettings | BadSettingsError]:
    """Reads all settings of a step from the environment.

    Args:
        kinds: The settings classes, by the step's parameter.
        optional_settings: The parameters that take what is wrong instead.

    Returns:
        The loaded settings, by the step's parameter; for an optional one, what
        is wrong with them.

    Raises:
        BadSettingsError: Names every missing or malformed variable of all
            others at once.
    """
    loaded: dict[str, ServiceSettings | BadSettingsError] = {}
    faults = []
    for parameter, kind in kinds.items():
        try:
            loaded[parameter] = kind.load()
        except BadSettingsError as error:
            if parameter not in optional_settings:
                faults.append(str(error))
            loaded[parameter] = error
    if faults:
        raise BadSettingsError(" ".join(faults))
    return loaded


def run_step(name: str, arguments: Sequence[str]) -> ExitCode:
    """Runs one step from its command line to its output files.

    Args:
        name: The step's name.
        arguments: Its ``--key=value`` arguments.

    Returns:
        The exit code that Argo decides by.
    """
    start_log()
    return guard(lambda: _run(name, arguments))


def _run(name: str, arguments: Sequence[str]) -> None:
    folder = outputs_dir()
    clear_outputs(folder)
    step = load_step(name)
    inputs = parse_arguments(arguments, step.inputs)
    settings = load_settings(step.settings, step.optional_settings)
    start_log(
        secrets_of(
            loaded
            for loaded in settings.values()
            if isinstance(loaded, ServiceSettings)
        )
    )
    try:
        outputs: BaseModel = step(inputs, **settings)
    except ItemsFailedError as error:
        write_outputs(error.outputs, folder)
        raise
    write_outputs(outputs, folder)
    # Some object stores refuse the empty log of a step that logs nothing.
    log.info("The step %s is done", name)
