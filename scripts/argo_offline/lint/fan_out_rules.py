"""Rules on fan-outs."""

from collections.abc import Iterator

from argo_offline.lint.access import text
from argo_offline.lint.call import FAN_OUTS
from argo_offline.lint.finding import Finding, Group, Rule
from argo_offline.lint.folder import Folder
from argo_offline.lint.tags import references
from argo_offline.lint.workflow import all_templates

RESULT = ".outputs.result"


def one_fan_out(folder: Folder) -> Iterator[Finding]:
    """Refuse tasks and steps that fan out in two ways.

    Args:
        folder: The files.

    Yields:
        One finding per task or step.
    """
    for template in all_templates(folder):
        for call in template.calls:
            stated = [key for key in FAN_OUTS if key in call.body]
            if len(stated) > 1:
                message = f"has {' and '.join(stated)}; keep one of them"
                yield template.finding(call, message)


def no_fan_out_over_result(folder: Folder) -> Iterator[Finding]:
    """Refuse ``withParam`` over a standard output.

    Args:
        folder: The files.

    Yields:
        One finding per task or step.
    """
    for template in all_templates(folder):
        for call in template.calls:
            value = text(call.body.get("withParam"))
            for reference in references(value):
                if reference.name.endswith(RESULT):
                    yield template.finding(
                        call,
                        f"withParam: '{reference.name}' is the standard "
                        "output: an empty list prints nothing and only the "
                        "last 256 KiB are kept; write the list to a file and "
                        "use an output parameter",
                    )


RULES = (
    Rule("one-fan-out", "a call fans out in one way", one_fan_out),
    Rule(
        "fan-out-over-result",
        "withParam takes an output parameter, never outputs.result",
        no_fan_out_over_result,
        Group.HOUSE,
    ),
)
