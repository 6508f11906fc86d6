"""Keeps a dead event where somebody sees it: in a failed workflow."""

import json
import logging

from pydantic import BaseModel, ConfigDict

from steps.contract.errors import BadDataError
from steps.contract.step import Retry, step
from steps.contract.wire import Encoded

log = logging.getLogger(__name__)


class ShowInputs(BaseModel):
    """The event, and who could not use it.

    Attributes:
        sensor: The sensor.
        event: The event's data, as JSON.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sensor: str
    event: Encoded


class ShowOutputs(BaseModel):
    """Nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@step("dead-letter-show", deadline_seconds=60, retry=Retry(limit=0))
def show(inputs: ShowInputs) -> ShowOutputs:
    """Logs a dead event and fails, so that the alert fires.

    Args:
        inputs: The event, and who could not use it.

    Raises:
        BadDataError: Always.
    """
    log.error("The event: %s", json.dumps(inputs.event))
    raise BadDataError(
        f"The sensor {inputs.sensor!r} could not start a workflow for the "
        "event above. Its log has the reason. The event is kept in this "
        "workflow's parameter 'event'; when the cause is fixed, `moderate "
        "dead-letter replay` posts its body to the webhook again."
    )
