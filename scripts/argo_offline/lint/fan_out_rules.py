"""Rules on fan-outs."""

from collections.abc import Iterator

from argo_offline.lint.rule import Rule
from argo_offline.manifests.call import FAN_OUTS
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder
from argo_offline.manifests.workflow import all_templates


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


RULES = (Rule("one-fan-out", "a call fans out in one way", one_fan_out),)
