"""Whether the stack's services answer, in containers or without."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from local_services.process import is_listening
from local_services.stack.names import PORTS, Name, Stack, address
from local_services.stack.processes import running
from steps.connections.check import QUESTIONS
from steps.connections.connection import ask_all
from steps.contract.log import redact
from steps.contract.process import secrets_of

NOT_RUNNING = "It does not run. `moderate services up` starts it."


@dataclass(frozen=True)
class ServiceStatus:
    """What is known about a service.

    Attributes:
        service: Its name.
        address: Where it is.
        healthy: Whether it answers, with the stack's settings.
        process: The number of the process that keeps it running; None where
            none of the stack's does, as with containers.
        error: Why it cannot be used and what to do, None where it can.
    """

    service: Name
    address: str
    healthy: bool
    process: int | None
    error: str | None


def statuses(
    stack: Stack, values: Mapping[str, str]
) -> Sequence[ServiceStatus]:
    """Asks every service.

    Args:
        stack: The stack.
        values: Its settings by variable name.

    Returns:
        What is known about each.
    """
    settings = {
        name: question.kind.of(values) for name, question in QUESTIONS.items()
    }
    secrets = secrets_of(settings.values())
    supervisors = running(stack)
    errors = {
        Name(answer.service): redact(answer.error or "", secrets)
        for answer in ask_all(QUESTIONS, settings)
    }
    for name, port in PORTS.items():
        if not is_listening(int(values[port])):
            errors[name] = NOT_RUNNING
    return [
        ServiceStatus(
            service=name,
            address=address(name, values),
            healthy=not errors[name],
            process=supervisors.get(name),
            error=errors[name] or None,
        )
        for name in Name
    ]
