"""How a rule of lint is described."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder

# Argo refuses it, took it away in 4.0, ignores it, or waits for it for ever.
ARGO = "argo"
# Argo's own lint accepts it, and the cluster refuses it or does otherwise.
STRICT = "strict"
# Argo takes it, and the local run cannot.
LOCAL = "local"


@dataclass(frozen=True)
class Rule:
    """One check over a folder of manifests.

    Attributes:
        name: Short name, words joined by hyphens.
        summary: One line on what the rule refuses.
        check: Yields the findings; lint fills in the rule's name and group.
        group: ``argo``, ``strict``, ``local``, or a name of the caller's own.
        runs: Whether Argo 3.7 runs such a workflow all the same.
    """

    name: str
    summary: str
    check: Callable[[Folder], Iterator[Finding]] = field(repr=False)
    group: str = ARGO
    runs: bool = False
