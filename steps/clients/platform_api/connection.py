"""The signed-in connection to the Platform API."""

import logging
import math
import time
from collections.abc import Callable
from threading import Lock
from typing import Any, Self, TypeVar

import httpx
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random,
    wait_random_exponential,
)

from steps.clients.platform_api.answers import document
from steps.clients.platform_api.errors import (
    PassingError,
    SignInError,
    accepted,
    excerpt,
    is_expired,
)
from steps.clients.platform_api_settings import PlatformApiSettings
from steps.contract.errors import BadSettingsError

TOKEN_PATH = "/api/token"  # noqa: S105 - a path, no secret
UNSTATED_LIFETIME_SECONDS = 60.0
LARGEST_MARGIN_SECONDS = 30.0
MARGIN_SHARE = 0.2
KEYCLOAK_IS_DOWN = "token endpoint"
# The gateway answers 401 while its Keycloak is down, and to a wrong password.
SIGN_IN_SECONDS = 120.0
TIMEOUT_SECONDS = 30.0
CONNECT_TIMEOUT_SECONDS = 10.0
ATTEMPTS = 4
LONGEST_PAUSE_SECONDS = 10.0
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

ResultT = TypeVar("ResultT")

log = logging.getLogger(__name__)


class PlatformApi:
    """A signed-in connection to the Platform API."""

    def __init__(
        self,
        settings: PlatformApiSettings,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        longest_pause_seconds: float = LONGEST_PAUSE_SECONDS,
        attempts: int = ATTEMPTS,
        sign_in_seconds: float | None = None,
    ) -> None:
        """Prepares the connection; nothing is sent yet.

        Args:
            settings: Where the API is and how to sign in.
            timeout_seconds: The longest silence of the API.
            longest_pause_seconds: The longest pause before a repetition.
            attempts: How often a request is sent while the API fails.
            sign_in_seconds: For how long a refused sign-in is repeated;
                ``SIGN_IN_SECONDS`` where None.
        """
        self._settings = settings
        self._attempts = attempts
        self._sign_in_seconds = (
            SIGN_IN_SECONDS if sign_in_seconds is None else sign_in_seconds
        )
        self._longest_pause_seconds = longest_pause_seconds
        self._http = httpx.Client(
            base_url=str(settings.api_base_url).rstrip("/"),
            timeout=httpx.Timeout(
                timeout_seconds,
                connect=min(timeout_seconds, CONNECT_TIMEOUT_SECONDS),
            ),
        )
        self._token = ""
        self._token_until = 0.0
        self._token_lock = Lock()
        self._refused_since: float | None = None

    def __enter__(self) -> Self:
        """Returns itself; leaving closes the connections."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the connections."""
        self._http.close()

    @property
    def account(self) -> str:
        """The username of the account that the pipelines use."""
        return self._settings.api_username

    def sign_in(self) -> None:
        """Sees that the API answers and takes the account's password.

        Raises:
            ModerateError: The API refused or failed.
        """
        self.repeat(self._valid_token)

    def read(self, path: str, **params: str | int) -> httpx.Response:
        """Reads something, again while the API fails in passing.

        Args:
            path: The path, starting with a slash.
            **params: The query.

        Returns:
            The successful answer.

        Raises:
            ModerateError: It is not there, or the API refused or failed.
        """
        return self.repeat(lambda: self.send("GET", path, params=params))

    def send(
        self,
        method: str,
        path: str,
        **request: Any,  # noqa: ANN401 - httpx's own arguments
    ) -> httpx.Response:
        """Sends a request, once, or twice where the token had ended.

        Args:
            method: The HTTP method.
            path: The path, starting with a slash.
            **request: The query and the body, as httpx takes them. A file is
                read from its beginning each time it is sent.

        Returns:
            The successful answer.

        Raises:
            ModerateError: It is not there, or the API refused or failed.
        """
        token = self._valid_token()
        answer = self._ask(method, path, headers=_bearer(token), **request)
        if is_expired(answer):
            token = self._valid_token(refused=token)
            answer = self._ask(method, path, headers=_bearer(token), **request)
        return accepted(answer, self._secrets())

    def begin(
        self,
        method: str,
        path: str,
        **request: Any,  # noqa: ANN401 - httpx's own arguments
    ) -> httpx.Response:
        """Sends a request that must not be taken twice.

        It is sent again only while the API cannot have acted on it.

        Args:
            method: The HTTP method.
            path: The path, starting with a slash.
            **request: The query and the body, as httpx takes them.

        Returns:
            The successful answer.

        Raises:
            PassingError: The API failed; the error has whether it may have
                acted on the request.
            ModerateError: The API refused.
        """
        retrying = self._retrying(retry_if_exception(_is_not_taken))
        return retrying(self.send, method, path, **request)

    def repeat(self, work: Callable[[], ResultT]) -> ResultT:
        """Does work that is safe to repeat, while the API fails in passing.

        Args:
            work: What to do.

        Returns:
            Its result.

        Raises:
            ModerateError: The API refused, or failed in every attempt.
        """
        return self._retrying(retry_if_exception(_is_passing))(work)

    def _retrying(self, failure: retry_if_exception) -> Retrying:
        return Retrying(
            retry=failure,
            stop=stop_after_attempt(self._attempts),
            wait=self._pause,
            reraise=True,
        )

    def _pause(self, state: RetryCallState) -> float:
        longest = self._longest_pause_seconds
        jitter = wait_random_exponential(max=longest)(state)
        error = state.outcome.exception() if state.outcome else None
        asked = error.pause_seconds if isinstance(error, PassingError) else 0
        return max(jitter, min(asked, longest))

    def _secrets(self) -> tuple[str, ...]:
        return self._settings.api_password.get_secret_value(), self._token

    def _valid_token(self, refused: str = "") -> str:
        """Returns a token, of all threads one, but none that was refused."""
        with self._token_lock:
            if (
                self._token in ("", refused)
                or time.monotonic() >= self._token_until
            ):
                try:
                    self._fetch_token()
                except PassingError as error:
                    error.may_be_taken = False
                    raise
            return self._token

    def _fetch_token(self) -> None:
        """Signs in, again while Keycloak may be down.

        Many pods that are refused at once come back spread over the longest
        pause, from the first time on.
        """
        retrying = Retrying(
            retry=retry_if_exception_type(SignInError),
            stop=lambda _: self._refused_seconds() >= self._sign_in_seconds,
            wait=wait_random(0, self._longest_pause_seconds),
            reraise=True,
        )
        asked, answer = retrying(self._ask_for_token)
        content = document(accepted(answer, self._secrets()))
        self._refused_since = None
        self._token = str(content.get("access_token", ""))
        self._token_until = asked + usable_seconds(content.get("expires_in"))

    def _ask_for_token(self) -> tuple[float, httpx.Response]:
        asked = time.monotonic()
        answer = self._ask("POST", TOKEN_PATH, data=self._credentials())
        text = excerpt(answer, self._secrets())
        is_down = answer.is_error and KEYCLOAK_IS_DOWN in text.lower()
        if not is_down and answer.status_code != httpx.codes.UNAUTHORIZED:
            return asked, answer
        fault = (
            f"The Platform API answered {answer.status_code} to POST "
            f"{TOKEN_PATH}: {text}. Either its Keycloak is down or slow, or "
            "the account is refused. Check API_USERNAME and API_PASSWORD, "
            "Keycloak and the gateway."
        )
        if self._refused_since is None:
            self._refused_since = asked
            log.warning(
                "%s Trying again for %.0f s", fault, self._sign_in_seconds
            )
        if is_down or self._refused_seconds() < self._sign_in_seconds:
            raise SignInError(fault, answer.status_code, may_be_taken=False)
        raise BadSettingsError(fault)

    def _refused_seconds(self) -> float:
        since = self._refused_since
        return 0 if since is None else time.monotonic() - since

    def _credentials(self) -> dict[str, str]:
        return {
            "username": self._settings.api_username,
            "password": self._settings.api_password.get_secret_value(),
        }

    def _ask(self, method: str, path: str, **request: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own arguments
        try:
            return self._http.request(method, path, **request)
        except httpx.RequestError as error:
            raise PassingError(
                f"The Platform API did not answer {method} {path}: "
                f"{type(error).__name__} {error}. Check API_BASE_URL and "
                "that the service is up.",
                may_be_taken=not isinstance(error, NEVER_SENT),
            ) from error


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def usable_seconds(expires_in: object) -> float:
    """Takes a margin off a token's lifetime.

    Args:
        expires_in: What the gateway states, in seconds.

    Returns:
        For how many seconds the token is used.
    """
    seconds = UNSTATED_LIFETIME_SECONDS
    if isinstance(expires_in, int | float) and math.isfinite(expires_in):
        seconds = float(expires_in)
    return seconds - min(LARGEST_MARGIN_SECONDS, seconds * MARGIN_SHARE)


def _is_passing(error: BaseException) -> bool:
    return isinstance(error, PassingError) and not isinstance(
        error, SignInError
    )


def _is_not_taken(error: BaseException) -> bool:
    return (
        isinstance(error, PassingError)
        and _is_passing(error)
        and not error.may_be_taken
    )
