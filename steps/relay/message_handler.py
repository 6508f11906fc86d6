"""What is done with one message, wherever it came from."""

import logging
from threading import Event, Lock

from steps.clients.event_webhook import EventWebhook
from steps.clients.platform_api import PlatformApi
from steps.clients.platform_api.jobs import finish_job
from steps.contract.errors import ModerateError, TemporaryError
from steps.matrix_profile.job_results import JobResults
from steps.relay.disposition import Disposition, Outcome
from steps.relay.health import Health
from steps.relay.pauses import Pauses
from steps.relay.triage import (
    IncomingMessage,
    Invalid,
    Valid,
    one_line,
    triage,
)

log = logging.getLogger(__name__)


class MessageHandler:
    """Decides on messages; several threads may share it."""

    def __init__(
        self,
        webhook: EventWebhook,
        platform: PlatformApi | None,
        output_bucket: str,
        health: Health,
        pauses: Pauses,
    ) -> None:
        """Prepares; nothing is received yet.

        Args:
            webhook: Where valid messages go.
            platform: Where the jobs of invalid messages are patched.
            output_bucket: The bucket of the jobs' outputs.
            health: Records successes and failures.
            pauses: The pauses after failures.
        """
        self._webhook = webhook
        self._platform = platform
        self._platform_lock = Lock()
        self._output_bucket = output_bucket
        self._health = health
        self._pauses = pauses

    def handle(self, incoming: IncomingMessage, stop: Event) -> Disposition:
        """Forwards a message, or decides what else happens to it.

        Pauses where the message has to be requeued.

        Args:
            incoming: The message.
            stop: Ends a pause.

        Returns:
            The outcome of the message.
        """
        try:
            disposition = self._decide(triage(incoming), incoming.message_id)
        except ModerateError as error:
            log.warning("A message is kept. %s", error)
            return self._keep(str(error), stop)
        except Exception:
            log.exception("A message is kept. This is a bug in the relay")
            return self._keep("there is a bug in the relay", stop)
        self._pauses.reset()
        self._health.delivered()
        return disposition

    def _keep(self, failure: str, stop: Event) -> Disposition:
        self._health.failed(one_line(failure))
        self._pauses.wait(stop)
        return Disposition(Outcome.KEPT)

    def _decide(
        self, message: Valid | Invalid, message_id: str
    ) -> Disposition:
        if isinstance(message, Invalid):
            if message.job_id is not None:
                self._fail_job(message.job_id, message.reason)
            return Disposition(Outcome.DEAD, message.reason)
        self._webhook.post(message.job_id, message.text, message_id)
        log.info("Job %d has been forwarded", message.job_id)
        return Disposition(Outcome.FORWARDED)

    def _fail_job(self, job_id: int, reason: str) -> None:
        """Patches the job; one that cannot be patched requeues no message."""
        if self._platform is None:
            return
        results = JobResults(
            workflow_job_id=job_id,
            output_bucket=self._output_bucket,
            error=reason,
        )
        try:
            with self._platform_lock:
                finish_job(self._platform, job_id, results.model_dump())
        except TemporaryError:
            raise
        except ModerateError as error:
            log.warning("Job %d cannot be patched. %s", job_id, error)
