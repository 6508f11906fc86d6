"""All objects that start workflows, built only when asked for."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from events import access, bus, matrix_profile, relay, trust

FEATURES: Mapping[str, Callable[[], list[dict[str, Any]]]] = MappingProxyType(
    {
        "access": access.build,
        "bus": bus.build,
        "matrix_profile": matrix_profile.build,
        "relay": relay.build,
        "trust": trust.build,
    }
)
