"""Rules on fields that Argo Workflows 4.0 took away."""

from collections.abc import Iterator

from argo_offline.lint.rule import Rule
from argo_offline.manifests.access import Json, mapping
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder
from argo_offline.manifests.workflow import workflows

LISTS = {"mutex": "mutexes", "semaphore": "semaphores"}


def removed_fields(folder: Folder) -> Iterator[Finding]:
    """Refuse fields that Argo Workflows 4.0 took away, one finding each."""
    for manifest in folder.of_kinds(frozenset({"CronWorkflow"})):
        if "schedule" in manifest.spec:
            message = _removed("schedule", "the list 'schedules'")
            yield Finding(manifest.file, "spec", message)
    for workflow in workflows(folder):
        defaults = mapping(workflow.spec, "templateDefaults")
        for body in (workflow.spec, defaults):
            for message in _removed_locks(body):
                yield workflow.finding("workflow", message)
        if "podPriority" in workflow.spec:
            message = _removed("podPriority", "'podPriorityClassName'")
            yield workflow.finding("workflow", message)
        for template in workflow.templates:
            for message in _removed_locks(template.body):
                yield template.finding(None, message)


def _removed_locks(body: Json) -> list[str]:
    synchronization = mapping(body, "synchronization")
    return [
        _removed(single, f"the list '{plural}'")
        for single, plural in LISTS.items()
        if single in synchronization
    ]


def _removed(field: str, instead: str) -> str:
    return f"'{field}' is gone in Argo Workflows 4.0; use {instead}"


RULES = (
    Rule(
        "removed-fields",
        "no field that Argo Workflows 4.0 took away",
        removed_fields,
        runs=True,
    ),
)
