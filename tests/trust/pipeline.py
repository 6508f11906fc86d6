"""The trust pipelines, from their rendered YAML."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from argo_offline.run.results import WorkflowResult
from checkout.images import STEPS
from moderate.local_images import local_images
from moderate.running import run_here
from moderate.settings import image_settings
from moderate.workflow_index import find
from steps.contract.wire import decode


@dataclass(frozen=True)
class TrustPipeline:
    """A pipeline with everything around it.

    Attributes:
        name: The workflow's name.
        settings: The settings of the services, by variable name.
        folder: Where the runs' folders go.
    """

    name: str
    settings: Mapping[str, str]
    folder: Path
    _numbers: Iterator[int] = field(default_factory=count)

    def run(self, **parameters: str) -> WorkflowResult:
        """Run the workflow."""
        return run_here(
            find(self.name),
            parameters,
            {**image_settings(), **self.settings},
            images=local_images([STEPS]),
            on_event=lambda _: None,
            folder=self.folder / str(next(self._numbers)),
        )


def summary_of(result: WorkflowResult) -> dict[str, str]:
    """Return the outputs of a run's last step; the table in plain text."""
    *_, node = (
        one
        for one in result.nodes
        if one.template == "summary" and one.outputs
    )
    return {**node.outputs, "table": decode(node.outputs["table"])}


def number(outputs: Mapping[str, str], name: str) -> int:
    """Return a number of the last step's outputs."""
    found: int = json.loads(outputs[name])
    return found
