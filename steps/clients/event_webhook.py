"""The webhook that starts matrix profiles: an EventSource of Argo Events."""

from typing import Self

import httpx

from steps.clients.event_webhook_settings import WebhookSettings
from steps.contract.errors import BadSettingsError, TemporaryError

TIMEOUT_SECONDS = 10.0
REFUSED = frozenset({httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN})


class EventWebhook:
    """A connection to the webhook; several threads may share it."""

    def __init__(
        self,
        settings: WebhookSettings,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        """Prepares the connection; nothing is sent yet.

        Args:
            settings: Where the webhook is and how to be let in.
            timeout_seconds: The longest silence of the webhook.
        """
        token = settings.webhook_token.get_secret_value()
        self._url = str(settings.matrix_profile_webhook_url)
        self._http = httpx.Client(
            timeout=timeout_seconds,
            headers={"Authorization": f"Bearer {token}"},
        )

    def __enter__(self) -> Self:
        """Returns itself; leaving closes the connections."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the connections."""
        self._http.close()

    def post(self, job_id: int, message: str, message_id: str) -> None:
        """Posts a message; on return, the EventBus has it.

        The message travels as one string, so that nothing on the way reads
        or rewrites what is in it.

        Args:
            job_id: The job that it asks for.
            message: The message's body, as it came.
            message_id: The id by which it is followed.

        Raises:
            TemporaryError: It was not taken: no answer, or another than 200.
            BadSettingsError: The webhook refuses the token.
        """
        self.send(
            {
                "job_id": str(job_id),
                "message": message,
                "message_id": message_id,
            }
        )

    def send(self, body: object) -> None:
        """Sends an event; on return, the EventBus has it.

        Args:
            body: What the event is to hold, as JSON.

        Raises:
            TemporaryError: It was not taken: no answer, or another than 200.
            BadSettingsError: The webhook refuses the token.
        """
        try:
            with self._http.stream("POST", self._url, json=body) as answer:
                status = answer.status_code
        except httpx.RequestError as error:
            raise TemporaryError(
                f"The webhook did not answer: {type(error).__name__} {error}. "
                "Check MATRIX_PROFILE_WEBHOOK_URL and the EventSource's pod."
            ) from error
        if status in REFUSED:
            raise BadSettingsError(
                f"The webhook answered {status}. Check that WEBHOOK_TOKEN is "
                "the same here and in the EventSource's Secret."
            )
        if status != httpx.codes.OK:
            raise TemporaryError(
                f"The webhook answered {status}, so the EventBus does not "
                "have the event. Check the EventSource's log and the "
                "EventBus."
            )
