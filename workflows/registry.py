"""All features' objects, built only when asked for."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from workflows.catalog import workflow as catalog
from workflows.connections import workflow as connections
from workflows.dataset_from_git import workflow as dataset_from_git
from workflows.dead_letter import workflow as dead_letter
from workflows.keycloak_users_count import workflow as keycloak_users_count
from workflows.matrix_profile import workflow as matrix_profile
from workflows.matrix_profile_catch_up import (
    workflow as matrix_profile_catch_up,
)
from workflows.trust import workflow as trust
from workflows.trust_objects import workflow as trust_objects
from workflows.trust_users import workflow as trust_users

FEATURES: Mapping[str, Callable[[], list[Any]]] = MappingProxyType(
    {
        "catalog": catalog.build,
        "connections": connections.build,
        "dataset_from_git": dataset_from_git.build,
        "dead_letter": dead_letter.build,
        "keycloak_users_count": keycloak_users_count.build,
        "matrix_profile": matrix_profile.build,
        "matrix_profile_catch_up": matrix_profile_catch_up.build,
        "trust": trust.build,
        "trust_objects": trust_objects.build,
        "trust_users": trust_users.build,
    }
)
