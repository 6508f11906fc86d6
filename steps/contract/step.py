"""What a step is: a typed function and what it needs to run."""

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from steps.contract.errors import BadSettingsError
from steps.contract.settings import ServiceSettings

InputsT = TypeVar("InputsT", bound=BaseModel)
OutputsT = TypeVar("OutputsT", bound=BaseModel)

PLAIN_IMAGE = "steps"


@dataclass(frozen=True)
class Resources:
    """What a step's container asks for and may use at most.

    Attributes:
        cpu: Requested processor time, in Kubernetes' notation.
        memory: Requested memory, in Kubernetes' notation.
        cpu_limit: The most processor time.
        memory_limit: The most memory.
        scratch_limit: The most that it may write to its own volume.
    """

    cpu: str = "50m"
    memory: str = "64Mi"
    cpu_limit: str = "1"
    memory_limit: str = "256Mi"
    scratch_limit: str = "1Gi"


@dataclass(frozen=True)
class Retry:
    """How often and when a step that failed for a time is repeated.

    Attributes:
        limit: The most repetitions after the first try.
        pause_seconds: The pause before the first repetition.
        factor: By how much each pause is longer than the one before.
        longest_pause_seconds: The longest pause.
    """

    limit: int = 4
    pause_seconds: int = 5
    factor: int = 2
    longest_pause_seconds: int = 300


@dataclass(frozen=True)
class Step(Generic[InputsT, OutputsT]):
    """A typed function and what it needs to run.

    Attributes:
        name: Its name, as in ``python -m steps <name>``.
        function: From inputs, and settings by keyword, to outputs.
        inputs: The model of its inputs.
        outputs: The model of its outputs.
        settings: The settings classes that it takes, by keyword.
        optional_settings: Those of them, by keyword, that it can do without.
        image: The image that holds what it imports.
        resources: What its container may use.
        retry: When it is repeated.
        deadline_seconds: The longest that one try may take.
    """

    name: str
    function: Callable[..., OutputsT]
    inputs: type[InputsT]
    outputs: type[OutputsT]
    settings: Mapping[str, type[ServiceSettings]]
    optional_settings: frozenset[str]
    image: str
    resources: Resources
    retry: Retry
    deadline_seconds: int

    def __call__(self, inputs: InputsT, **settings: Any) -> OutputsT:  # noqa: ANN401
        """Runs the function.

        Args:
            inputs: Its inputs.
            **settings: Its settings, by keyword.

        Returns:
            Its outputs.
        """
        return self.function(inputs, **settings)


def step(
    name: str,
    *,
    image: str = PLAIN_IMAGE,
    resources: Resources = Resources(),
    retry: Retry = Retry(),
    deadline_seconds: int = 300,
) -> Callable[[Callable[..., OutputsT]], Step[Any, OutputsT]]:
    """Makes a step of a function.

    Inputs, outputs and settings are read from the function's annotations:
    the first parameter is the inputs' model, each further one a settings
    class. A step that can do without a service takes its settings, or why
    there are none: ``Settings | BadSettingsError``.

    Args:
        name: The step's name, lower case with hyphens.
        image: The image that holds what it imports; a folder of ``images/``.
        resources: What its container may use.
        retry: When it is repeated.
        deadline_seconds: The longest that one try may take.

    Returns:
        The decorator.
    """

    def decorate(function: Callable[..., OutputsT]) -> Step[Any, OutputsT]:
        hints = typing.get_type_hints(function)
        outputs = hints.pop("return")
        (_, inputs), *settings = hints.items()
        return Step(
            name=name,
            function=function,
            inputs=inputs,
            outputs=outputs,
            settings={key: _settings_class(hint) for key, hint in settings},
            optional_settings=frozenset(
                key
                for key, hint in settings
                if BadSettingsError in typing.get_args(hint)
            ),
            image=image,
            resources=resources,
            retry=retry,
            deadline_seconds=deadline_seconds,
        )

    return decorate


def _settings_class(
    hint: type[ServiceSettings] | types.UnionType,
) -> type[ServiceSettings]:
    kinds: tuple[Any, ...] = typing.get_args(hint) or (hint,)
    (settings,) = (kind for kind in kinds if kind is not BadSettingsError)
    found: type[ServiceSettings] = settings
    return found
