"""Rules on fields that not every supported version of Argo has."""

from collections.abc import Iterator

from argo_offline.lint.rule import Rule
from argo_offline.manifests.access import Json, mapping, mappings
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder
from argo_offline.manifests.workflow import all_templates, workflows

LISTS = {"mutex": "mutexes", "semaphore": "semaphores"}
RETRY_POLICIES = ("Always", "OnError", "OnFailure", "OnTransientError")


def removed_fields(folder: Folder) -> Iterator[Finding]:
    """Refuse fields that Argo Workflows 4.0 took away.

    Args:
        folder: The files.

    Yields:
        One finding per field.
    """
    for manifest in folder.of_kinds(frozenset({"CronWorkflow"})):
        if "schedule" in manifest.spec:
            message = removed("schedule", "the list 'schedules'")
            yield Finding(manifest.file, "spec", message)
    for workflow in workflows(folder):
        for message in removed_locks(workflow.spec):
            yield workflow.finding("workflow", message)
        if "podPriority" in workflow.spec:
            message = removed("podPriority", "'podPriorityClassName'")
            yield workflow.finding("workflow", message)
        for template in workflow.templates:
            for message in removed_locks(template.body):
                yield template.finding(None, message)


def removed_locks(body: Json) -> list[str]:
    """Find single locks.

    Args:
        body: A workflow's specification or a template.

    Returns:
        What is wrong and what to do.
    """
    synchronization = mapping(body, "synchronization")
    return [
        removed(single, f"the list '{plural}'")
        for single, plural in LISTS.items()
        if single in synchronization
    ]


def removed(field: str, instead: str) -> str:
    """Describe a removed field.

    Args:
        field: The field.
        instead: What to use in its place.

    Returns:
        What is wrong and what to do.
    """
    return f"'{field}' is gone in Argo Workflows 4.0; use {instead}"


def retry_policies(folder: Folder) -> Iterator[Finding]:
    """Refuse retry policies that Argo does not know.

    Args:
        folder: The files.

    Yields:
        One finding per retry strategy.
    """
    for workflow in workflows(folder):
        for problem in policy_problems([workflow.spec]):
            yield workflow.finding("workflow", problem)
    for template in all_templates(folder):
        sets = mapping(template.body, "containerSet")
        for problem in policy_problems([template.body, sets]):
            yield template.finding(None, problem)


def policy_problems(bodies: list[Json]) -> list[str]:
    """Check the retry policies of some objects.

    Args:
        bodies: What may hold a retry strategy.

    Returns:
        What is wrong and what to do.
    """
    strategies = [body.get("retryStrategy") for body in mappings(bodies)]
    return [
        f"retryPolicy '{item['retryPolicy']}' is none of "
        f"{', '.join(RETRY_POLICIES)}"
        for item in mappings(strategies)
        if item.get("retryPolicy", RETRY_POLICIES[0]) not in RETRY_POLICIES
    ]


RULES = (
    Rule(
        "removed-fields",
        "no field that Argo Workflows 4.0 took away",
        removed_fields,
    ),
    Rule("retry-policies", "retry policies exist", retry_policies),
)
