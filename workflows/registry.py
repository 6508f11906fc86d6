"""All features' objects, built only when asked for."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from workflows.connections import workflow as connections
from workflows.matrix_profile import workflow as matrix_profile

FEATURES: Mapping[str, Callable[[], list[Any]]] = MappingProxyType(
    {
        "connections": connections.build,
        "matrix_profile": matrix_profile.build,
    }
)
