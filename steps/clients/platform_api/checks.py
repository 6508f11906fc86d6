"""Whether the Platform API can be used, and by this account.

Each check names one cause, so that the causes are distinguished: sign-in,
rights, trust service. None of them changes anything: no row has number 0.
"""

from typing import Any

import httpx

from steps.clients.platform_api.connection import PlatformApi
from steps.clients.platform_api.errors import (
    MissingError,
    PassingError,
    RefusedError,
    SignInError,
)
from steps.contract.errors import BadSettingsError

NO_ROW = 0


def check_sign_in(api: PlatformApi) -> None:
    """Checks that the gateway takes the account and its password.

    Args:
        api: The Platform API.

    Raises:
        SignInError: Keycloak did not answer the gateway.
        PassingError: The gateway failed.
        BadSettingsError: The account or its password is refused.
    """
    try:
        api.sign_in()
    except SignInError as error:
        raise SignInError(
            "The gateway of the Platform API has no answer from Keycloak. "
            f"Check that Keycloak is up, and how long it takes. {error}",
            error.status,
        ) from error
    except BadSettingsError as error:
        raise BadSettingsError(
            f"The account {api.account!r} or its password is refused. {error}"
        ) from error


def check_rights(api: PlatformApi) -> None:
    """Checks that the account is an administrator's.

    Args:
        api: The Platform API; the account has signed in.

    Raises:
        BadSettingsError: It is not.
        ModerateError: The API failed.
    """
    _permitted(api, "GET", "/asset/object", params={"limit": 0})
    try:
        _permitted(api, "PATCH", f"/job/{NO_ROW}", json={"results": {}})
    except (MissingError, RefusedError):
        return


def check_trust_service(api: PlatformApi) -> None:
    """Checks that the API has a trust service.

    Args:
        api: The Platform API; the account is an administrator's.

    Raises:
        BadSettingsError: It has none.
        ModerateError: The API failed.
    """
    question = {"object_key_or_id": NO_ROW}
    try:
        api.begin("POST", "/asset/proof", json=question)
    except (MissingError, RefusedError):
        return
    except PassingError as error:
        if error.status != httpx.codes.SERVICE_UNAVAILABLE:
            raise
        raise BadSettingsError(
            "The Platform API has no trust service: no DID and no proof can "
            "be made. Set it up there, or suspend the CronWorkflows "
            f"trust-users and trust-objects. {error}"
        ) from error


def _permitted(
    api: PlatformApi,
    method: str,
    path: str,
    **request: Any,  # noqa: ANN401 - httpx's own arguments
) -> None:
    try:
        api.repeat(lambda: api.send(method, path, **request))
    except RefusedError:
        raise
    except BadSettingsError as error:
        raise BadSettingsError(
            f"The account {api.account!r} signed in, but has no rights: it is "
            "not an administrator's. Give it the administrator's role in "
            f"Keycloak. {error}"
        ) from error
