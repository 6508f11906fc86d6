"""Keycloak, as every feature sees it: the users of the platform's realm."""

import logging
from collections.abc import Callable, Iterator
from typing import TypeVar

from keycloak import KeycloakAdmin
from keycloak.exceptions import KeycloakConnectionError, KeycloakError
from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic import ValidationError as InvalidAnswer
from tenacity import (
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)

from steps.clients.keycloak_settings import KeycloakSettings
from steps.contract.errors import (
    BadDataError,
    BadSettingsError,
    ModerateError,
    TemporaryError,
)

ADMIN_REALM = "master"
PAGE_SIZE = 20_000
TIMEOUT_SECONDS = 60
ATTEMPTS = 4
LONGEST_PAUSE_SECONDS = 10.0
ANSWER_EXCERPT = 200
REFUSED = frozenset({400, 401})
FORBIDDEN = 403
NOT_FOUND = 404
TOO_MANY_REQUESTS = 429
FIRST_SERVER_ERROR = 500

T = TypeVar("T")

log = logging.getLogger(__name__)


class KeycloakUser(BaseModel):
    """The part of a user that the pipelines need.

    Attributes:
        id: What Keycloak calls the user, for ever.
        username: The name, exactly as it is.
        enabled: Whether the user may sign in.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    username: str
    enabled: bool = True


_users = TypeAdapter(list[KeycloakUser])


class KeycloakReader:
    """A connection to Keycloak that reads and never writes."""

    def __init__(
        self,
        settings: KeycloakSettings,
        *,
        timeout_seconds: int = TIMEOUT_SECONDS,
        longest_pause_seconds: float = LONGEST_PAUSE_SECONDS,
    ) -> None:
        """Prepares the connection; nothing is sent yet.

        Args:
            settings: Where Keycloak is and how to sign in.
            timeout_seconds: The longest silence of Keycloak.
            longest_pause_seconds: The longest pause before a repetition.
        """
        self._settings = settings
        self._timeout_seconds = timeout_seconds
        self._longest_pause_seconds = longest_pause_seconds
        self._admin = self._signed_out()

    def count_users(self) -> int:
        """Counts the users of the realm; service accounts are none.

        Returns:
            How many there are.

        Raises:
            ModerateError: Keycloak refused or failed.
        """
        return self._ask(lambda admin: admin.users_count())

    def users(self, page_size: int = PAGE_SIZE) -> Iterator[KeycloakUser]:
        """Reads the users of the realm, page by page.

        Only one page is held at a time. Keycloak orders users by name, so a
        user who signs up meanwhile is read or not, and one who leaves
        meanwhile may hide another: the next run sees both.

        Args:
            page_size: How many to ask for at a time.

        Yields:
            Each user once.

        Raises:
            ModerateError: Keycloak refused or failed.
        """
        first = 0
        before: frozenset[str] = frozenset()
        while page := self._page(first, page_size):
            yield from (user for user in page if user.id not in before)
            before = frozenset(user.id for user in page)
            first += page_size

    def _page(self, first: int, page_size: int) -> list[KeycloakUser]:
        query = {
            "first": first,
            "max": page_size,
            "briefRepresentation": "true",
        }
        answer = self._ask(lambda admin: admin.get_users(dict(query)))
        try:
            return _users.validate_python(answer)
        except InvalidAnswer:
            raise BadDataError(
                "Keycloak answered with users of an unknown shape."
            ) from None

    def _ask(self, question: Callable[[KeycloakAdmin], T]) -> T:
        for attempt in Retrying(
            retry=retry_if_exception_type(TemporaryError),
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_random_exponential(max=self._longest_pause_seconds),
            reraise=True,
        ):
            with attempt:
                answer = self._ask_once(question)
        return answer

    def _ask_once(self, question: Callable[[KeycloakAdmin], T]) -> T:
        try:
            return question(self._admin)
        except KeycloakConnectionError as error:
            raise TemporaryError(
                f"Keycloak did not answer: {_excerpt(error)}. Check "
                "KEYCLOAK_SERVER_URL and that the service is up."
            ) from error
        except KeycloakError as error:
            signed_in = self._admin.connection.token is not None
            self._admin = self._signed_out()
            raise self._explained(error, signed_in=signed_in) from error
        except TypeError as error:
            raise BadSettingsError(
                "What answers at KEYCLOAK_SERVER_URL does not answer as "
                "Keycloak does. Check the URL, and whether it needs a path "
                "such as /auth."
            ) from error

    def _signed_out(self) -> KeycloakAdmin:
        settings = self._settings
        return KeycloakAdmin(
            server_url=str(settings.keycloak_server_url).rstrip("/") + "/",
            username=settings.keycloak_admin_username,
            password=settings.keycloak_admin_password.get_secret_value(),
            realm_name=settings.keycloak_main_realm_name,
            user_realm_name=ADMIN_REALM,
            timeout=self._timeout_seconds,
            max_retries=0,
        )

    def _explained(
        self, error: KeycloakError, *, signed_in: bool
    ) -> ModerateError:
        status = error.response_code or 0
        fault = f"Keycloak answered {status}: {_excerpt(error)}"
        if status >= FIRST_SERVER_ERROR or status == TOO_MANY_REQUESTS:
            return TemporaryError(fault)
        if status in REFUSED and signed_in:
            return TemporaryError(f"{fault}. It has ended the session.")
        if status in REFUSED:
            return BadSettingsError(
                f"{fault}. Check KEYCLOAK_ADMIN_USERNAME and "
                "KEYCLOAK_ADMIN_PASSWORD; the account is one of the realm "
                f"{ADMIN_REALM!r}."
            )
        if status == FORBIDDEN:
            return BadSettingsError(
                f"{fault}. The account of KEYCLOAK_ADMIN_USERNAME may not "
                "read users: give it the role view-users of the realm "
                f"{self._settings.keycloak_main_realm_name!r}."
            )
        if status == NOT_FOUND:
            return BadSettingsError(
                f"{fault}. Check KEYCLOAK_MAIN_REALM_NAME (there may be no "
                f"realm {self._settings.keycloak_main_realm_name!r}) and "
                "the path of KEYCLOAK_SERVER_URL."
            )
        return BadDataError(fault)


def _excerpt(error: KeycloakError) -> str:
    message = error.error_message
    text = (
        message.decode(errors="replace")
        if isinstance(message, bytes)
        else str(message)
    )
    return " ".join(text.split())[:ANSWER_EXCERPT]
