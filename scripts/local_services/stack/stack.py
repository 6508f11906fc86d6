"""Starting and ending the stack, with containers or without."""

from collections.abc import Callable, Mapping

from local_services.example import FIRST_JOB, example_message
from local_services.stack import processes
from local_services.stack.bot_token import (
    await_server,
    with_accepted_token,
)
from local_services.stack.compose import compose, engine
from local_services.stack.names import Stack
from local_services.stack.settings import (
    existing_settings,
    stack_settings,
)
from local_services.stack.status import statuses
from local_services.waiting import wait_until
from steps.contract.errors import TemporaryError

ALL_SECONDS = 120.0


def up(stack: Stack, report: Callable[[str], None]) -> None:
    """Starts what does not run; returns once every service answers.

    Args:
        stack: The stack; its settings are written where there are none.
        report: Prints the progress.

    Raises:
        ModerateError: The settings cannot be used, or a service cannot.
        UnavailableError: A service did not start.
    """
    command = engine()
    values = stack_settings(stack.dotenv)
    if command is None:
        report(
            "Starting the services as processes; the first time takes long."
        )
        processes.start(stack, values)
    else:
        report(f"Starting the services with `{' '.join(command)}`.")
        compose(command, stack, values, "up", "--detach", "--build")
        report("Waiting for OpenMetadata; the first time takes minutes.")
        await_server(values)
        values = with_accepted_token(stack.dotenv, values)
    if not wait_until(lambda: _all_answer(stack, values), ALL_SECONDS):
        raise TemporaryError(
            "Not every service answers. `moderate services status` shows "
            "which, and why."
        )


def what_next() -> str:
    """Returns what to try, once everything runs.

    Returns:
        A command that does the job which waits in the Platform API's double.
    """
    message = example_message(FIRST_JOB).model_dump_json(exclude_none=True)
    return (
        "A first job waits. To do it: uv run moderate run matrix-profile "
        f"-p message='{message}'"
    )


def down(stack: Stack, *, with_data: bool) -> list[str]:
    """Ends every service, in containers or without.

    Args:
        stack: The stack.
        with_data: Whether what they have stored goes too.

    Returns:
        What was done, a sentence each.

    Raises:
        ModerateError: Compose failed.
    """
    done = [f"{name} has ended." for name in processes.stop(stack)]
    values = existing_settings(stack.dotenv)
    command = engine()
    if command and values:
        options = ("--volumes",) if with_data else ()
        compose(command, stack, values, "down", *options)
        done.append("The containers are removed.")
    if with_data:
        processes.remove_data(stack)
        done.append("What they had stored is removed.")
    return done


def _all_answer(stack: Stack, values: Mapping[str, str]) -> bool:
    return all(one.healthy for one in statuses(stack, values))
