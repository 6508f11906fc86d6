"""Rules on the braces of template tags."""

from collections.abc import Iterator

from argo_offline.lint.rule import Rule
from argo_offline.manifests.access import Json, strings
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder
from argo_offline.manifests.tags import scan
from argo_offline.manifests.workflow import SPEC_PARTS, Workflow, workflows


def balanced_tags(folder: Folder) -> Iterator[Finding]:
    """Refuse tags that are empty, not closed or not opened.

    Args:
        folder: The files.

    Yields:
        One finding per problem.
    """
    for workflow in workflows(folder):
        for part, place in tag_places(workflow):
            for keys, value in strings(part):
                for problem in scan(value).problems:
                    message = f"{'.'.join(keys)}: {problem}"
                    yield Finding(place.file, place.where, message)


def tag_places(workflow: Workflow) -> Iterator[tuple[Json, Finding]]:
    """List the parts of a workflow whose tags Argo fills in.

    Args:
        workflow: The workflow.

    Yields:
        Each part with a finding that has its file and place.
    """
    spec = workflow.spec.items()
    outside = {key: part for key, part in spec if key not in SPEC_PARTS}
    yield outside, workflow.finding("workflow", "")
    for template in workflow.templates:
        if template.outer is None:
            yield template.body, template.finding(None, "")


RULES = (Rule("tags", "tags are closed, opened and not empty", balanced_tags),)
