"""What is done with one message, wherever it came from."""

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from threading import Event, Lock

from steps.clients.event_webhook import EventWebhook
from steps.clients.platform_api import MissingError, PlatformApi
from steps.clients.platform_api.jobs import are_served, finish_job
from steps.contract.errors import ModerateError
from steps.matrix_profile.job_results import JobResults
from steps.relay.disposition import Disposition, Outcome
from steps.relay.health import Health
from steps.relay.pauses import Pauses
from steps.relay.poison import MOST_TRIES, PoisonDetector
from steps.relay.triage import (
    IncomingMessage,
    Invalid,
    Valid,
    one_line,
    triage,
)

# A message that waits for the platform keeps its place for so long; valid
# messages, which need the webhook alone, pass meanwhile.
LONGEST_PLATFORM_PAUSE_SECONDS = 2.0
POISON_PAUSE_SECONDS = 1.0
BUG = "There is a bug in the relay; its log has the stack trace."

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Service:
    """What messages are brought to.

    Attributes:
        pauses: The pauses while it is down.
        turn: Held while it is asked.
        works: Probes it after a failure; None where it cannot be probed.
        poison: Which messages fail while it works.
    """

    pauses: Pauses
    turn: AbstractContextManager[object] = field(default_factory=nullcontext)
    works: Callable[[], bool | None] = lambda: None
    poison: PoisonDetector = field(default_factory=PoisonDetector)


@dataclass(frozen=True)
class _Work:
    """What is to be done with a message.

    Attributes:
        service: The service that it needs; None where it needs none.
        do: Does it.
        done: The disposition of the message then.
        failure: What a failure's description begins with.
    """

    service: _Service | None
    do: Callable[[], None]
    done: Disposition
    failure: str = ""


class MessageHandler:
    """Decides on messages; several threads may share it."""

    def __init__(
        self,
        webhook: EventWebhook,
        platform: PlatformApi | None,
        output_bucket: str,
        health: Health,
    ) -> None:
        """Prepares; nothing is received yet.

        Args:
            webhook: Where valid messages go.
            platform: Where the jobs of invalid messages are patched.
            output_bucket: The bucket of the jobs' outputs.
            health: Records successes and failures.
        """
        self._webhook = webhook
        self._platform = platform
        self._output_bucket = output_bucket
        self._health = health
        self._events = _Service(Pauses())
        self._jobs = _Service(
            Pauses(LONGEST_PLATFORM_PAUSE_SECONDS),
            Lock(),
            self._platform_works,
        )

    def handle(self, message: IncomingMessage, stop: Event) -> Disposition:
        """Forwards a message, or decides what else happens to it.

        Pauses where the message has to be requeued.

        Args:
            message: The message.
            stop: Ends a pause.

        Returns:
            The outcome of the message.
        """
        work = self._work_of(message)
        if work.service is None:
            return work.done
        with work.service.turn:
            disposition, pause_seconds = self._tried(
                work, work.service, message
            )
        stop.wait(pause_seconds)
        return disposition

    def _work_of(self, message: IncomingMessage) -> _Work:
        try:
            judged = triage(message)
        except Exception:
            log.exception("A message cannot be read. This is a bug")
            judged = Invalid(BUG)
        if isinstance(judged, Valid):
            return _Work(
                self._events,
                partial(self._forward, judged, message.message_id),
                Disposition(Outcome.FORWARDED),
            )
        dead = Disposition(Outcome.DEAD, judged.reason)
        if self._platform is None or judged.job_id is None:
            return _Work(None, lambda: None, dead)
        return _Work(
            self._jobs,
            partial(self._finish, self._platform, judged.job_id, dead.reason),
            dead,
            f"{dead.reason} Its job does not have this error yet: ",
        )

    def _tried(
        self, work: _Work, service: _Service, message: IncomingMessage
    ) -> tuple[Disposition, float]:
        """Tries once; returns how long to pause besides, in seconds."""
        if service is self._jobs and service.pauses.are_on():
            return Disposition(Outcome.KEPT), service.pauses.seconds()
        begun = time.monotonic()
        try:
            work.do()
        except ModerateError as error:
            return self._failed(service, message, f"{work.failure}{error}")
        except Exception:
            log.exception("A message has failed. This is a bug in the relay")
            return self._failed(service, message, f"{work.failure}{BUG}")
        service.pauses.reset()
        service.poison.passed(message.key, begun)
        self._health.delivered()
        return work.done, 0

    def _forward(self, valid: Valid, message_id: str) -> None:
        self._webhook.post(valid.job_id, valid.text, message_id)
        log.info("Job %d has been forwarded", valid.job_id)

    def _finish(self, platform: PlatformApi, job_id: int, reason: str) -> None:
        """Reports why a message cannot be run, unless there is no such job."""
        results = JobResults(
            workflow_job_id=job_id,
            output_bucket=self._output_bucket,
            error=reason,
        )
        try:
            finish_job(platform, job_id, results.model_dump())
        except MissingError as error:
            log.warning("Job %d gets no error. %s", job_id, error)

    def _failed(
        self, service: _Service, message: IncomingMessage, failure: str
    ) -> tuple[Disposition, float]:
        tries = service.poison.failed(message.key, works=service.works())
        if tries >= MOST_TRIES:
            reason = f"Failed {tries} times while others passed. {failure}"
            return Disposition(Outcome.GIVEN_UP, one_line(reason)), 0
        log.warning("A message is kept. %s", failure)
        if tries:
            return Disposition(Outcome.KEPT), POISON_PAUSE_SECONDS
        self._health.failed(one_line(failure))
        return Disposition(Outcome.KEPT), service.pauses.seconds()

    def _platform_works(self) -> bool:
        return self._platform is None or are_served(self._platform)
