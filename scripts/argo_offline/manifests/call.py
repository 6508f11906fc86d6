"""A view of tasks and steps."""

from dataclasses import dataclass

from argo_offline.manifests.access import Json, mapping, text

FAN_OUTS = ("withItems", "withParam", "withSequence")


@dataclass(frozen=True, eq=False)
class Call:
    """A task or a step: one place that calls a template.

    Attributes:
        body: The task or step.
        noun: "task" or "step".
        group: Position of its step group; 0 for tasks.
    """

    body: Json
    noun: str
    group: int = 0

    @property
    def name(self) -> str:
        """The task's or step's name."""
        return text(self.body.get("name"))

    @property
    def fans_out(self) -> bool:
        """Whether it runs once for each item of a list."""
        return any(self.body.get(key) is not None for key in FAN_OUTS)

    @property
    def hooks(self) -> dict[str, Json]:
        """Its lifecycle hooks by name."""
        return hooks_of(self.body)


def hooks_of(body: Json) -> dict[str, Json]:
    """Read the lifecycle hooks of a workflow, task or step.

    Args:
        body: What may have hooks.

    Returns:
        The hooks by name.
    """
    hooks = mapping(body, "hooks")
    return {name: mapping(hook) for name, hook in hooks.items()}
