"""All features' objects, built only when asked for."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from workflows.matrix_profile import workflow as matrix_profile

FEATURES: Mapping[str, Callable[[], list[Any]]] = MappingProxyType(
    {"matrix_profile": matrix_profile.build}
)
