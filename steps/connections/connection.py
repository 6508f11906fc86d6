"""Whether a service can be used: asked, timed, and put into words."""

import os
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import BaseModel, ConfigDict

from steps.contract.errors import (
    BadSettingsError,
    ModerateError,
    TemporaryError,
)
from steps.contract.settings import ServiceSettings


class Connection(BaseModel):
    """What was found out about a service.

    Attributes:
        service: Its name.
        configured: Whether any of the settings that it needs is set.
        seconds: How long it took to answer.
        error: Why it cannot be used and what to do, None where it can.
        temporary: Whether that may pass by itself.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    service: str
    configured: bool
    seconds: float = 0
    error: str | None = None
    temporary: bool = False

    def __str__(self) -> str:
        """Returns one line for a person."""
        if self.error:
            return f"{self.service}: NOT USABLE. {self.error}"
        if not self.configured:
            return f"{self.service}: not configured, and not required"
        return f"{self.service}: answered in {self.seconds:.2f} s"


@dataclass(frozen=True)
class Question:
    """How a service is asked.

    Attributes:
        kind: Its settings class.
        ask: Asks it; raises a ModerateError where it cannot be used.
    """

    kind: type[ServiceSettings]
    ask: Callable[[Any], None]


def ask_all(
    questions: Mapping[str, Question],
    settings: Mapping[str, ServiceSettings | BadSettingsError],
    required: Collection[str] = (),
) -> list[Connection]:
    """Asks all services at the same time.

    Args:
        questions: How each is asked.
        settings: The settings of each, or what is wrong with them.
        required: The services that must be set up; all others only must
            answer where they are.

    Returns:
        What was found out about each, in the order of the questions.
    """
    with ThreadPoolExecutor(len(questions)) as pool:
        asked = [
            pool.submit(partial(_ask, question, settings[name], required))
            for name, question in questions.items()
        ]
    return [one.result() for one in asked]


def _ask(
    question: Question,
    settings: ServiceSettings | BadSettingsError,
    required: Collection[str],
) -> Connection:
    service = question.kind.service
    if isinstance(settings, BadSettingsError):
        configured = _is_any_set(question.kind)
        wanted = configured or service in required
        return Connection(
            service=service,
            configured=configured,
            error=str(settings) if wanted else None,
        )
    started = time.monotonic()
    failure: ModerateError | None = None
    try:
        question.ask(settings)
    except ModerateError as error:
        failure = error
    return Connection(
        service=service,
        configured=True,
        seconds=round(time.monotonic() - started, 3),
        error=str(failure) if failure else None,
        temporary=isinstance(failure, TemporaryError),
    )


def _is_any_set(kind: type[ServiceSettings]) -> bool:
    return any(
        os.environ.get(variable)
        for variable, field in kind.variables().items()
        if field.is_required()
    )
