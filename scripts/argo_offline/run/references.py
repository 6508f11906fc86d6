"""References of tasks and steps to what ran before them."""

from collections.abc import Mapping

from argo_offline.errors import ExpressionError, SubstitutionError
from argo_offline.expressions import should_execute
from argo_offline.manifests.workflow import fan_outs
from argo_offline.run.arguments import ABSENT
from argo_offline.run.nodes import Json, Phase
from argo_offline.run.substitution import replace_value, strict_outputs

Variables = Mapping[str, str | None]


def resolve_references(
    task: Json, variables: Variables, scope: Variables
) -> Json:
    """Replaces the tags of a task or step.

    Args:
        task: The task or step.
        variables: The workflow's variables and the scope.
        scope: What is known about the tasks or steps before it.

    Returns:
        The task; with nothing but ``when`` replaced if it is left out.

    Raises:
        MissingVariableError: A task or step named by a tag has no such
            output (yet).
        SubstitutionError: A tag is at fault.
    """
    when = task.get("when")
    if when:
        resolved: str = replace_value(when, variables, strict_outputs)
        if not _proceeds(task, resolved):
            return {**task, "when": resolved}
    marked = _mark_absent(task, scope)
    replaced: Json = replace_value(marked, variables, strict_outputs)
    return replaced


def left_out(when: str) -> tuple[Phase, str] | None:
    """Returns how a task or step is left out.

    Args:
        when: Its condition, tags replaced.

    Returns:
        The phase and the message; None when it runs.
    """
    try:
        if should_execute(when):
            return None
    except ExpressionError as error:
        return Phase.ERROR, str(error)
    return Phase.SKIPPED, f"when '{when}' evaluated false"


def _proceeds(task: Json, when: str) -> bool:
    try:
        return should_execute(when)
    except ExpressionError as error:
        if fan_outs(task):
            return True
        raise SubstitutionError(str(error)) from None


def _mark_absent(task: Json, scope: Variables) -> Json:
    parameters = task.get("arguments", {}).get("parameters", [])
    if not any(_is_absent(parameter, scope) for parameter in parameters):
        return task
    marked = [
        {**parameter, "value": ABSENT}
        if _is_absent(parameter, scope)
        else parameter
        for parameter in parameters
    ]
    return {**task, "arguments": {"parameters": marked}}


def _is_absent(parameter: Json, scope: Variables) -> bool:
    value = str(parameter.get("value", ""))
    if not (value.startswith("{{") and value.endswith("}}")):
        return False
    name = value[2:-2].strip()
    return name in scope and scope[name] is None
