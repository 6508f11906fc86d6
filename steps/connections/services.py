"""How each service is asked whether it answers.

Their clients are heavy: each is imported only where its service is asked.
"""

from steps.clients.keycloak_settings import KeycloakSettings
from steps.clients.object_store import BucketSettings, ObjectStore
from steps.clients.open_metadata_settings import OpenMetadataSettings
from steps.clients.platform_api_settings import PlatformApiSettings
from steps.clients.postgres_settings import PostgresSettings

TIMEOUT_SECONDS = 10
LONGEST_PAUSE_SECONDS = 1.0
SIGN_IN_SECONDS = 3.0


def ask_platform(settings: PlatformApiSettings) -> None:
    """Signs in to the Platform API, and asks for what pipelines need.

    Args:
        settings: The Platform API's settings.

    Raises:
        ModerateError: It refused or failed.
    """
    from steps.clients.platform_api import PlatformApi
    from steps.clients.platform_api.checks import (
        check_rights,
        check_sign_in,
        check_trust_service,
    )

    with PlatformApi(
        settings,
        timeout_seconds=TIMEOUT_SECONDS,
        longest_pause_seconds=LONGEST_PAUSE_SECONDS,
        sign_in_seconds=SIGN_IN_SECONDS,
    ) as platform:
        check_sign_in(platform)
        check_rights(platform)
        check_trust_service(platform)


def ask_store(settings: BucketSettings) -> None:
    """Lists the platform's buckets.

    Args:
        settings: The object store's settings.

    Raises:
        ModerateError: It refused or failed.
    """
    store = ObjectStore(settings, read_timeout_seconds=TIMEOUT_SECONDS)
    store.look_into(settings.s3_bucket_name)
    store.look_into(settings.s3_job_outputs_bucket_name)


def ask_keycloak(settings: KeycloakSettings) -> None:
    """Counts the users of the platform's realm.

    Args:
        settings: Keycloak's settings.

    Raises:
        ModerateError: It refused or failed.
    """
    from steps.clients.keycloak import KeycloakReader

    KeycloakReader(
        settings,
        timeout_seconds=TIMEOUT_SECONDS,
        longest_pause_seconds=LONGEST_PAUSE_SECONDS,
    ).count_users()


def ask_postgres(settings: PostgresSettings) -> None:
    """Checks that the state's database is there or can be created.

    Args:
        settings: PostgreSQL's settings.

    Raises:
        ModerateError: It refused or failed.
    """
    from steps.state.preflight import look_into

    look_into(settings)


def ask_open_metadata(settings: OpenMetadataSettings) -> None:
    """Asks OpenMetadata for its version, and whether it takes the token.

    Args:
        settings: OpenMetadata's settings.

    Raises:
        ModerateError: It refused or failed.
    """
    from steps.clients.open_metadata import check_server

    check_server(settings, TIMEOUT_SECONDS)
