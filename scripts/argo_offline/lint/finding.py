"""What lint reports and how a rule is described."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argo_offline.lint.folder import Folder


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is wrong in one file.

    Attributes:
        file: The file as it was given to lint.
        where: Place in the object, for example "template main, task prepare".
        message: What is wrong and what to do.
        rule: Name of the rule that found it.
    """

    file: Path
    where: str
    message: str
    rule: str = ""


class Group(StrEnum):
    """Whose rules they are.

    Attributes:
        ARGO: What Argo or Kubernetes refuses, or silently does otherwise.
        HOUSE: What this repository asks of its own workflows on top.
    """

    ARGO = "argo"
    HOUSE = "house"


@dataclass(frozen=True)
class Rule:
    """One check over a folder of manifests.

    Attributes:
        name: Short name, words joined by hyphens.
        summary: One line on what the rule refuses.
        check: Yields the findings; lint fills in the rule's name.
        group: Whose rule it is.
    """

    name: str
    summary: str
    check: Callable[["Folder"], Iterator[Finding]] = field(repr=False)
    group: Group = Group.ARGO
