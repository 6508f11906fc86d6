"""All steps by name; each is imported only when it is run."""

from collections.abc import Mapping
from types import MappingProxyType

STEPS: Mapping[str, str] = MappingProxyType(
    {
        "catalog-summary": "steps.catalog.summary:summary",
        "check-connections": "steps.connections.check:check",
        "datalake-ingestion-discover": (
            "steps.catalog.datalake_steps:discover"
        ),
        "datalake-ingestion-ingest": "steps.catalog.datalake_steps:ingest",
        "dataset-convert": "steps.dataset_from_git.convert_file:convert_file",
        "dataset-resolve": "steps.dataset_from_git.resolve:resolve",
        "dataset-summary": "steps.dataset_from_git.summary:summary",
        "dead-letter-show": "steps.dead_letter.show:show",
        "keycloak-users-count": "steps.keycloak_users_count.count:count",
        "matrix-profile-catch-up": (
            "steps.matrix_profile_catch_up.catch_up:catch_up"
        ),
        "matrix-profile-prepare": "steps.matrix_profile.prepare:prepare",
        "matrix-profile-report": "steps.matrix_profile.report:report",
        "postgres-ingestion-discover": (
            "steps.catalog.postgres_steps:discover"
        ),
        "postgres-ingestion-ingest": "steps.catalog.postgres_steps:ingest",
        "trust-objects-discover": "steps.trust_objects.discover:discover",
        "trust-objects-ensure": "steps.trust_objects.ensure:ensure_proofs",
        "trust-users-discover": "steps.trust_users.discover:discover",
        "trust-users-ensure": "steps.trust_users.ensure:ensure_dids",
        "trust-summary": "steps.trust.summary:summary",
    }
)
