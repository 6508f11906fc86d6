"""What this repository asks of fan-outs."""

from collections.abc import Iterator

from argo_offline.lint.rule import Rule
from argo_offline.manifests.access import text
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder
from argo_offline.manifests.tags import references
from argo_offline.manifests.workflow import all_templates
from moderate.project_rules.group import PROJECT

RESULT = ".outputs.result"


def no_fan_out_over_result(folder: Folder) -> Iterator[Finding]:
    """Refuse ``withParam`` over a standard output."""
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
    Rule(
        "fan-out-over-result",
        "withParam takes an output parameter, never outputs.result",
        no_fan_out_over_result,
        PROJECT,
    ),
)
