"""The WorkflowTemplate and CronWorkflow ``trust-objects``."""

from typing import Any

from steps.trust.inputs import OBJECTS
from steps.trust.summary import summary
from steps.trust_objects.discover import discover
from steps.trust_objects.ensure import ensure_proofs
from workflows.trust.workflow import trust_workflow

STEPS = (discover, ensure_proofs, summary)


def build() -> list[Any]:
    """Builds the objects of ``trust-objects``.

    Returns:
        The WorkflowTemplate, its CronWorkflow and its ServiceAccount.
    """
    return trust_workflow(
        OBJECTS,
        title="Create a proof for every asset object",
        description=(
            "Finds asset objects without a proof, ensures that their owners "
            "have DIDs, and requests the proofs from the platform."
        ),
        discover=discover,
        ensure=ensure_proofs,
    )
