"""The WorkflowTemplate and CronWorkflow ``trust-users``."""

from typing import Any

from steps.trust.inputs import USERS
from steps.trust.summary import summary
from steps.trust_users.discover import discover
from steps.trust_users.ensure import ensure_dids
from workflows.trust.workflow import trust_workflow

STEPS = (discover, ensure_dids, summary)


def build() -> list[Any]:
    """Builds the objects of ``trust-users``.

    Returns:
        The WorkflowTemplate, its CronWorkflow and its ServiceAccount.
    """
    return trust_workflow(
        USERS,
        title="Create a DID for every user",
        description=(
            "Finds users without a DID, and requests one each from the "
            "platform."
        ),
        discover=discover,
        ensure=ensure_dids,
    )
