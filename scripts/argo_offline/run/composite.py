"""What DAG and steps templates have in common."""

from collections.abc import Callable
from dataclasses import dataclass

from argo_offline.run import scope as scopes
from argo_offline.run.nodes import Json, Node, NodeType, Outputs, Phase
from argo_offline.run.run_state import Call, RunState
from argo_offline.run.scope import Scope
from argo_offline.run.template_index import TemplateIndex

Execute = Callable[[RunState, Call], Node | None]


@dataclass(frozen=True)
class Composite:
    """A DAG or steps template that is being executed.

    Attributes:
        state: The workflow.
        call: The execution of the template.
        node: Its node.
        template: The template, ready to run.
        index: Where the templates of its children are looked up.
        execute: Executes a child's template.
    """

    state: RunState
    call: Call
    node: Node
    template: Json
    index: TemplateIndex
    execute: Execute

    def child_call(self, node: str, task: Json, kind: str) -> Call:
        """Describes the execution of a task or step.

        Args:
            node: The child's name.
            task: The task or step.
            kind: ``tasks`` or ``steps``.

        Returns:
            The execution.
        """
        return Call(
            node=node,
            task=task,
            index=self.index,
            boundary=self.node.name,
            kind=kind,
            arguments=task.get("arguments", {}).get("parameters", []),
            exit_handler=self.call.exit_handler,
        )

    def leave_out(self, call: Call, phase: Phase, message: str) -> Node:
        """Creates the node of a task or step that does not run."""
        return self.state.initialise(
            call, NodeType.SKIPPED, phase, message=message
        )

    def own_scope(self) -> Scope:
        """Starts a scope: the template's inputs, the workflow's outputs."""
        inputs = self.template.get("inputs", {}).get("parameters", [])
        scope: Scope = {
            f"inputs.parameters.{p['name']}": p.get("value") for p in inputs
        }
        outputs = Outputs(self.state.outputs)
        scopes.add_outputs(scope, "workflow", outputs)
        return scope

    def add_child(
        self, scope: Scope, prefix: str, node: Node, task: Json
    ) -> None:
        """Adds a child's outputs, or what stands for them, to a scope.

        Args:
            scope: The scope to extend.
            prefix: The child's prefix, for example ``tasks.a``.
            node: The child.
            task: Its task or step.
        """
        scopes.add_node(scope, prefix, node, self.state.nodes)
        _, template = self.index.resolve(task)
        scopes.add_absent_outputs(scope, prefix, node, template)


def goes_on(task: Json, phase: Phase) -> bool:
    """Returns whether ``continueOn`` makes up for a phase."""
    name = "error" if phase is Phase.ERROR else "failed"
    return bool(task.get("continueOn", {}).get(name))
