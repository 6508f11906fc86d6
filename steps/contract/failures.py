"""What failed in a workflow, as Argo passes it to the exit handler.

``{{workflow.failures}}`` is JSON within a quoted Go string, and holds the
ends of containers' logs: text from outside. The exit handler therefore gets
it as ``{{=sprig.b64enc(workflow.failures)}}``, an ``Encoded`` field.
"""

import ast
import re

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic import ValidationError as InvalidFailures

from steps.contract.errors import WrongUseError

GO_QUOTE = '"'
ATTEMPT = re.compile(r"\((\d+)\)$")
# What Argo's executor writes into a container's log: as text by Argo 3.7 and
# by 4.1, cut at its beginning, or as JSON.
ARGOEXEC_LINES = re.compile(
    r"^(?:[^\n]* argo=true(?: [^\n]*)?|\{[^\n]*\"argo\":true[^\n]*"
    r"|Error: exit status \d+)(?:\n|\Z)",
    re.MULTILINE,
)
CONTAINER_MESSAGE = re.compile(r"^\w+: \w+ \(exit code \d+\)(?:: )?", re.ASCII)


class Failure(BaseModel):
    """A node that failed.

    Attributes:
        display_name: Its name in Argo's UI.
        template_name: The template that it ran.
        pod_name: Its pod's name, which its archived log is filed under.
        message: Why it failed; holds the end of its container's log.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    display_name: str = Field(alias="displayName")
    template_name: str = Field(alias="templateName")
    pod_name: str = Field(alias="podName")
    message: str = ""

    @property
    def attempt(self) -> int:
        """Which try of a retried template it is; -1 where it is not one."""
        match = ATTEMPT.search(self.display_name)
        return int(match[1]) if match else -1

    @property
    def reason(self) -> str:
        """Why it failed, without the end of its container's log."""
        match = CONTAINER_MESSAGE.match(self.message)
        return match[0].removesuffix(": ") if match else self.message

    @property
    def log_end(self) -> str:
        """The end of the container's log, empty where there is none."""
        match = CONTAINER_MESSAGE.match(self.message)
        if match is None:
            return ""
        return ARGOEXEC_LINES.sub("", self.message[match.end() :])


_FAILURES = TypeAdapter(list[Failure] | None)


def parse_failures(text: str) -> list[Failure]:
    """Reads ``{{workflow.failures}}``.

    Args:
        text: Its value: JSON, or JSON within a quoted Go string.

    Returns:
        The failures, those of containers first, the latest try before the
        earlier ones.

    Raises:
        WrongUseError: It is neither.
    """
    try:
        # Go's string literals are Python's too, JSON's only mostly.
        document = (
            ast.literal_eval(text) if text.startswith(GO_QUOTE) else text
        )
        failures = _FAILURES.validate_json(document or "null") or []
    except (InvalidFailures, SyntaxError, ValueError):
        raise WrongUseError(
            "The failures are not what Argo writes as {{workflow.failures}}: "
            f"{text[:200]!r}"
        ) from None
    return sorted(failures, key=lambda failure: -failure.attempt)
