"""All steps by name; each is imported only when it is run."""

from collections.abc import Mapping
from types import MappingProxyType

STEPS: Mapping[str, str] = MappingProxyType(
    {
        "check-connections": "steps.connections.check:check",
        "matrix-profile-prepare": "steps.matrix_profile.prepare:prepare",
        "matrix-profile-report": "steps.matrix_profile.report:report",
    }
)
