"""Queue messages for the tests."""

import json
from collections.abc import Mapping

GOOD_JOB_ID = 42
GOOD: Mapping[str, object] = {
    "workflow_job_id": GOOD_JOB_ID,
    "analysis_variable": "consumption",
    "bucket": "moderate",
    "key": "jane-assets/readings-1.csv",
}


def message(**changes: object) -> str:
    """Write a good message with changes, as the platform sends it."""
    return json.dumps({**GOOD, **changes})


def message_without(field: str) -> str:
    """Write a good message that lacks a field."""
    return json.dumps(
        {name: value for name, value in GOOD.items() if name != field}
    )
