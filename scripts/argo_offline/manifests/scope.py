"""Which variables a string of a workflow may refer to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from argo_offline.manifests.access import suggestion
from argo_offline.manifests.tags import ROOTS, Reference

METRIC_NAMES = frozenset(
    {
        "duration",
        "exitCode",
        "resourcesDuration.cpu",
        "resourcesDuration.memory",
        "status",
    }
)
NODE_NOUNS = {"steps": "step", "tasks": "task"}
HINTS = {
    "item": "stands outside a fan-out; add withParam, withItems or "
    "withSequence to the task, and pass the item on as an argument",
    "lastRetry": "is known only in a template with a retryStrategy",
    "retries": "is known only in a template with a retryStrategy",
    "pod": "is known only in a template that runs a pod",
    "cronworkflow": "is known only in a CronWorkflow's when and stopStrategy",
}


@dataclass(frozen=True)
class Scope:
    """The variables that are known at one place.

    Attributes:
        names: The variables, with dots.
        open_prefixes: Beginnings below which anything may be known.
        hidden: Beginnings of variables that exist but are not known here, and
            why.
    """

    names: frozenset[str] = frozenset()
    open_prefixes: tuple[str, ...] = ()
    hidden: Mapping[str, str] = field(default_factory=dict)

    def __or__(self, other: "Scope") -> "Scope":
        """Join two scopes; what one of them knows is not hidden."""
        names = self.names | other.names
        hidden = {**self.hidden, **other.hidden}
        return Scope(
            names,
            (*self.open_prefixes, *other.open_prefixes),
            {
                prefix: reason
                for prefix, reason in hidden.items()
                if not any(name.startswith(prefix) for name in names)
            },
        )

    def knows(self, reference: Reference) -> bool:
        """Tell whether a variable is known.

        Args:
            reference: The variable; in an expression it may also be an object
                that holds known variables, or a field of one.

        Returns:
            Whether it is.
        """
        name = reference.name
        if name in self.names or name.startswith(self.open_prefixes):
            return True
        if not reference.in_expression:
            return False
        return any(
            known.startswith(f"{name}.")
            or (known.startswith("item.") and name.startswith(f"{known}."))
            for known in (*self.names, *self.open_prefixes)
        )

    def problem(self, reference: Reference) -> str:
        """Say what is wrong with a variable.

        Args:
            reference: A variable that is not known.

        Returns:
            What is wrong and what to do.
        """
        for prefix, reason in self.hidden.items():
            if f"{reference.name}.".startswith(prefix):
                return reason
        if reference.root in HINTS and not self.has_root(reference.root):
            return HINTS[reference.root]
        if reference.root in NODE_NOUNS:
            return self.node_problem(reference)
        whole = f"{reference.name}{reference.tail}"
        if reference.tail and whole in self.names:
            name = whole.rpartition(".")[2]
            return f"is not known here; for '{whole}' write ['{name}']"
        hint = suggestion(reference.name, self.names | set(ROOTS))
        return f"is not known here{hint}"

    def node_problem(self, reference: Reference) -> str:
        """Say what is wrong with an output of a task or step.

        Args:
            reference: A variable that is not known.

        Returns:
            What is wrong and what to do.
        """
        noun = NODE_NOUNS[reference.root]
        name = reference.name.split(".")[1:2]
        prefix = ".".join([reference.root, *name, ""])
        nodes = {
            known.split(".")[1]
            for known in self.names
            if known.startswith(f"{reference.root}.")
        } - {"name"}
        if not name or name[0] not in nodes:
            hint = suggestion("".join(name), nodes)
            return f"names a {noun} that this template does not have{hint}"
        outputs = [
            known.removeprefix(prefix)
            for known in sorted(self.names)
            if known.startswith(f"{prefix}outputs.")
        ]
        has = ", ".join(outputs) or "no outputs"
        return f"is nothing that {noun} '{name[0]}' has; it has {has}"

    def has_root(self, root: str) -> bool:
        """Tell whether any variable of a root is known.

        Args:
            root: The first part of a name.

        Returns:
            Whether one is.
        """
        return any(name.partition(".")[0] == root for name in self.names)
