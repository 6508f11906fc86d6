"""Retries, as a template's ``retryStrategy`` asks for them."""

from datetime import UTC, datetime, timedelta
from typing import Final

from argo_offline.errors import SubstitutionError
from argo_offline.expressions import evaluate_bool, expand
from argo_offline.go_values import go_format, parse_duration, whole_number
from argo_offline.run.nodes import Json, Node, Phase
from argo_offline.run.run_state import RunState

STOPPED: Final = "Stopped with strategy 'Stop'"
_MAX_SECONDS: Final = 1e9
_TRANSIENT = (
    "connection refused",
    "connection reset",
    "i/o timeout",
    "TLS handshake timeout",
    "timeout awaiting response headers",
    "no such host",
    "dial tcp",
)


def tries(state: RunState, node: Node) -> list[Node]:
    """Lists the tries of a retry node, oldest first."""
    children = (state.nodes[name] for name in node.children)
    return [child for child in children if child.retried]


def assess(state: RunState, node: Node, strategy: Json) -> bool:
    """Decides from the tries of a retry node what comes next.

    Args:
        state: The workflow.
        node: The retry node; its phase is set when it has ended.
        strategy: The ``retryStrategy``, tags replaced.

    Returns:
        Whether to go on now; False waits for a backoff.

    Raises:
        ExpressionError: The strategy's expression is at fault.
        LocalRunError: A duration of the strategy is at fault.
    """
    done = tries(state, node)
    if node.phase.fulfilled or not done or not done[-1].phase.fulfilled:
        return True
    last = done[-1]
    if not last.phase.failed_or_error:
        node.outputs = last.outputs
        state.mark(node, Phase.SUCCEEDED)
        return True
    message = _reason_to_end(state, node, strategy, done)
    if message is not None:
        node.outputs = last.outputs
        state.mark(node, last.phase, message)
        return True
    return not node.message.startswith("Backoff for")


def retry_variables(last: Node | None, number: int) -> dict[str, str]:
    """Builds the variables of a try.

    Args:
        last: The try before it.
        number: The number of this try, from 0.

    Returns:
        ``retries`` and ``lastRetry.*``.
    """
    code, duration, status, message = "0", "0", "", ""
    if last is not None:
        code = _exit_code(last, code)
        duration = go_format(last.duration)
        status, message = last.phase.value, last.message
    return {
        "retries": str(number),
        "lastRetry.exitCode": code,
        "lastRetry.duration": duration,
        "lastRetry.status": status,
        "lastRetry.message": message,
    }


def _reason_to_end(
    state: RunState, node: Node, strategy: Json, done: list[Node]
) -> str | None:
    last = done[-1]
    if state.stopped and not node.is_exit_handler():
        return STOPPED
    if state.past_deadline and not node.is_exit_handler():
        return f"retry exceeded workflow deadline {state.deadline}"
    if "backoff" in strategy:
        reason = _back_off(state, node, strategy, done)
        if reason is not None or node.message.startswith("Backoff for"):
            return reason
    if not _policy_allows(strategy, last):
        return last.message
    limit = _whole(strategy.get("limit"))
    if limit is not None and len(done) > limit:
        return "No more retries left"
    return _expression_ends(strategy, done)


def _expression_ends(strategy: Json, done: list[Node]) -> str | None:
    expression = strategy.get("expression")
    if not expression:
        return None
    last = done[-1]
    variables = {
        **retry_variables(last, len(done) - 1),
        "lastRetry.exitCode": _exit_code(last, "-1"),
    }
    if evaluate_bool(expression, expand(variables)):
        return None
    return "retryStrategy.expression evaluated to false"


def _back_off(
    state: RunState, node: Node, strategy: Json, done: list[Node]
) -> str | None:
    backoff: Json = strategy["backoff"]
    now = datetime.now(UTC)
    end = end_of_tries(strategy, done)
    if end and now > end:
        return "Max duration limit exceeded"
    wait = _seconds_to_wait(backoff, len(done))
    finished = done[-1].finished or now
    until = finished + timedelta(seconds=wait)
    if end and until > end:
        return "Backoff would exceed max duration limit"
    limit = str(strategy.get("limit"))
    if now < until and limit.isdecimal() and len(done) <= int(limit):
        state.poll_at(until)
        state.mark(node, node.phase, f"Backoff for {_humanised(wait)}")
    else:
        state.mark(node, node.phase, "")
    return None


def end_of_tries(strategy: Json, done: list[Node]) -> datetime | None:
    """Finds the moment at which ``maxDuration`` ends all tries.

    Args:
        strategy: The ``retryStrategy``, tags replaced.
        done: The tries so far; before the first one there is no end.

    Returns:
        The moment, or None without a limit.
    """
    limit = strategy.get("backoff", {}).get("maxDuration")
    if not limit or not done:
        return None
    return done[0].started + timedelta(seconds=parse_duration(str(limit)))


def _seconds_to_wait(backoff: Json, tried: int) -> float:
    if not backoff.get("duration"):
        raise SubstitutionError("no base duration specified for retryStrategy")
    wait = parse_duration(str(backoff["duration"]))
    factor = _whole(backoff.get("factor")) or 0
    if factor > 0:
        wait = min(wait * factor ** (tried - 1), _MAX_SECONDS)
    if backoff.get("cap"):
        wait = min(wait, parse_duration(str(backoff["cap"])))
    return wait


def _whole(value: object) -> int | None:
    return None if value is None else whole_number(value)


def _policy_allows(strategy: Json, last: Node) -> bool:
    default = "Always" if strategy.get("expression") else "OnFailure"
    policy = strategy.get("retryPolicy") or default
    if policy == "Always":
        return True
    if policy == "OnError":
        return last.phase is Phase.ERROR
    if policy == "OnFailure":
        return last.phase is Phase.FAILED
    if policy == "OnTransientError":
        return any(sign in last.message for sign in _TRANSIENT)
    raise SubstitutionError(f"{policy} is not a valid RetryPolicy")


def _exit_code(node: Node, default: str) -> str:
    outputs = node.outputs
    code = outputs.exit_code if outputs else None
    return default if code is None else code


def _humanised(seconds: float) -> str:
    whole = int(seconds)
    parts = []
    for unit, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        count, whole = divmod(whole, unit)
        if count:
            parts.append(f"{count} {name}{'s' if count > 1 else ''}")
    if whole or not parts:
        parts.append(f"{whole} second{'' if whole == 1 else 's'}")
    return " ".join(parts)
