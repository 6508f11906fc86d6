"""The metrics that alerts and the dashboard ask for, as Prometheus has them.

Argo's controller puts a prefix before the names that workflows give theirs.
"""

from typing import Any

from steps.contract.metrics import ITEMS, gauges
from steps.contract.step import Step
from steps.relay.metric_names import MESSAGES, QUEUE_MESSAGES
from workflows.authoring import metrics

ARGO = "argo_workflows_"
RUNS = f"{ARGO}{metrics.RUNS}"
DURATION_BUCKET = f"{ARGO}{metrics.DURATION}_bucket"
LAST_DURATION = f"{ARGO}{metrics.LAST_DURATION}"
LAST_SUCCESS = f"{ARGO}{metrics.LAST_SUCCESS}"
ITEMS_OF_LAST_RUN = f"{ARGO}{metrics.PREFIX}_{ITEMS}"
RELAY_MESSAGES = f"{MESSAGES}_total"
RELAY_QUEUE = QUEUE_MESSAGES

# Argo's own. It counts runs that end before their own metrics are counted,
# and has the end of the exit handler.
ENTERED_PHASE = f"{ARGO}workflowtemplate_triggered_total"
IS_LEADER = f"{ARGO}is_leader"

# Those of kube-state-metrics.
DEPLOYMENT_AVAILABLE = "kube_deployment_status_replicas_available"
STATEFULSET_READY = "kube_statefulset_status_replicas_ready"
STATEFULSET_REPLICAS = "kube_statefulset_replicas"


def gauge_of(step: Step[Any, Any], field: str) -> str:
    """Returns the metric of a step's output.

    Args:
        step: The step.
        field: Its output, which is marked as a gauge.

    Returns:
        The metric's name.
    """
    mark = gauges(step.outputs)[field]
    return ARGO + metrics.gauge_name(step.name, field, mark)
