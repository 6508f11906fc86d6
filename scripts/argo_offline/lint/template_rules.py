"""Rules on what a template has to say."""

from collections.abc import Iterator

from argo_offline.lint.rule import Rule
from argo_offline.manifests.access import Json, text
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder
from argo_offline.manifests.workflow import (
    TEMPLATE_TYPES,
    all_templates,
    workflows,
)

EXIT_HOOK = "exit"


def hook_expressions(folder: Folder) -> Iterator[Finding]:
    """Refuse hooks, other than exit, without an expression.

    Args:
        folder: The files.

    Yields:
        One finding per hook.
    """
    message = "needs an 'expression' that says when it runs"
    for workflow in workflows(folder):
        for name in without_expression(workflow.hooks):
            yield workflow.finding("workflow", f"hook {name} {message}")
        for template in workflow.templates:
            for call in template.calls:
                for name in without_expression(call.hooks):
                    yield template.finding(call, f"hook {name} {message}")


def without_expression(hooks: dict[str, Json]) -> list[str]:
    """Select the hooks that lack an expression.

    Args:
        hooks: Hooks by name.

    Returns:
        Names of those that need one and have none.
    """
    return [
        name
        for name, hook in hooks.items()
        if name != EXIT_HOOK and not hook.get("expression")
    ]


def one_type(folder: Folder) -> Iterator[Finding]:
    """Refuse templates that are of no type or of more than one.

    Args:
        folder: The files.

    Yields:
        One finding per template.
    """
    for template in all_templates(folder):
        types = [name for name in TEMPLATE_TYPES if name in template.body]
        if len(types) != 1:
            has = " and ".join(types) or "no type"
            message = f"has {has}; choose one of {', '.join(TEMPLATE_TYPES)}"
            yield template.finding(None, message)


def output_sources(folder: Folder) -> Iterator[Finding]:
    """Refuse output parameters that say not, or twice, where they come from.

    Args:
        folder: The files.

    Yields:
        One finding per output parameter.
    """
    for template in all_templates(folder):
        for output in template.outputs():
            stated = [key for key in ("value", "valueFrom") if key in output]
            if len(stated) != 1:
                name = text(output.get("name"))
                yield template.finding(
                    None,
                    f"output '{name}' needs one of value and valueFrom, "
                    f"it has {' and '.join(stated) or 'neither'}",
                )


RULES = (
    Rule("hook-expressions", "hooks say when they run", hook_expressions),
    Rule("template-type", "a template is of one type", one_type),
    Rule("output-sources", "outputs say where they come from", output_sources),
)
