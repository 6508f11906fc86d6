"""Queue messages for the tests."""

import json
from collections.abc import Mapping

GOOD: Mapping[str, object] = {
    "workflow_job_id": 42,
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
