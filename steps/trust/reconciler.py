"""Ensures one item, and asks for it once."""

import logging
import socket
from collections.abc import Callable
from dataclasses import dataclass

from steps.clients.platform_api import (
    ForbiddenError,
    MissingError,
    PassingError,
    RefusedError,
    UnreadableError,
)
from steps.clients.platform_api.trust import TrustTask
from steps.contract.errors import (
    BadSettingsError,
    ModerateError,
    TemporaryError,
)
from steps.state.claims import Claims
from steps.state.items import Claim, ItemStatus, RetryPolicy
from steps.trust.inputs import LEASE_SECONDS
from steps.trust.questions import Answer, Question
from steps.trust.report import ItemReport, Outcome
from steps.trust.waiting import poll_delays

LATER = RetryPolicy()
# A question whose answer is not known may be at work: it is left alone for
# as long as a killed pod's would be.
MUCH_LATER = RetryPolicy(first_pause_seconds=LEASE_SECONDS)
LEFT_REASONS = {
    ItemStatus.DUE: "it could not be claimed",
    ItemStatus.CLAIMED: "another run works on it",
    ItemStatus.WAITING: "it waits for its next try",
    ItemStatus.SET_ASIDE: "it is set aside",
    ItemStatus.DONE: "another run has done it",
}

log = logging.getLogger(__name__)


class NotAskedError(ModerateError):
    """The platform takes no questions; nothing has been started."""


class _ItemError(Exception):
    """An item has failed.

    Attributes:
        retry_policy: When it is tried again.
    """

    def __init__(self, reason: str, retry_policy: RetryPolicy = LATER) -> None:
        super().__init__(" ".join(reason.split()))
        self.retry_policy = retry_policy


class _LostError(Exception):
    """The claim ran out; somebody else decides about the item."""


@dataclass(frozen=True)
class Times:
    """How long things may take, in seconds.

    Attributes:
        task_seconds: How long a task is waited for.
        lease_seconds: How long a claim holds unless it is renewed.
    """

    task_seconds: float
    lease_seconds: float


def is_refusal(error: ModerateError) -> bool:
    """Returns whether the platform takes no requests at all.

    Args:
        error: How a request has ended.

    Returns:
        Whether any other item would fare the same, and the platform has
        done nothing.
    """
    if isinstance(error, PassingError):
        return not error.may_be_taken
    return isinstance(error, BadSettingsError) and not isinstance(
        error, (ForbiddenError, RefusedError, UnreadableError)
    )


class Reconciler:
    """Claims an item, asks for it, and records the outcome."""

    def __init__(
        self,
        claims: Claims,
        question: Question,
        times: Times,
        *,
        settle: Callable[[Claim], object],
    ) -> None:
        """Prepares it; nothing is asked yet.

        Args:
            claims: Who works on which item.
            question: How an item is asked for.
            times: How long things may take.
            settle: Settles the claim of an item that is there.
        """
        self._claims = claims
        self._question = question
        self._times = times
        self._settle_claim = settle

    def ensure(self, key: str, blocked_by: str = "") -> ItemReport:
        """Ensures an item.

        Args:
            key: The item's exact key.
            blocked_by: Why it can only fail now; then nothing is asked.

        Returns:
            Its outcome.

        Raises:
            NotAskedError: The platform takes no questions.
            ModerateError: The state could not be read or written.
        """
        taken = self._claims.claim(
            [key],
            holder=socket.gethostname(),
            lease_seconds=self._times.lease_seconds,
        )
        if not taken:
            status = self._claims.statuses([key])[key]
            reason = LEFT_REASONS[status]
            return ItemReport(item=key, end=Outcome.LEFT, reason=reason)
        if blocked_by:
            return self._fail(taken[0], _ItemError(blocked_by))
        try:
            return self._settle(taken[0])
        except NotAskedError:
            self._claims.give_back(taken)
            raise

    def _settle(self, claim: Claim) -> ItemReport:
        try:
            end = self._reconcile(claim)
        except _LostError:
            reason = LEFT_REASONS[ItemStatus.CLAIMED]
            return ItemReport(item=claim.key, end=Outcome.LEFT, reason=reason)
        except _ItemError as error:
            return self._fail(claim, error)
        self._settle_claim(claim)
        return ItemReport(item=claim.key, end=end)

    def _fail(self, claim: Claim, error: _ItemError) -> ItemReport:
        reason = str(error)
        self._claims.failed(claim, reason, retry_policy=error.retry_policy)
        return ItemReport(item=claim.key, end=Outcome.FAILED, reason=reason)

    def _reconcile(self, claim: Claim) -> Outcome:
        answer = self._ask(claim.key)
        if answer.is_there:
            return Outcome.THERE
        error = self._error_of(claim, answer)
        if error is None:
            return Outcome.MADE
        answer = self._ask_again(claim.key, error)
        if not answer.is_there:
            error = self._error_of(claim, answer, error)
            if error is not None:
                raise _ItemError(error)
        return Outcome.MADE

    def _ask(self, key: str) -> Answer:
        try:
            return self._question.ask(key)
        except ModerateError as error:
            if is_refusal(error):
                raise NotAskedError(str(error)) from error
            raise _ItemError(str(error), MUCH_LATER) from error

    def _ask_again(self, key: str, first_error: str) -> Answer:
        """Asks after a failed task: the answer decides, not the error."""
        try:
            return self._question.ask_again(key)
        except ModerateError as error:
            raise _ItemError(f"{first_error} {error}", MUCH_LATER) from error

    def _error_of(
        self, claim: Claim, answer: Answer, error: str | None = None
    ) -> str | None:
        """Waits for the task of an answer; without one, the error stays."""
        if answer.task_id is None:
            return error or "The platform has started no task."
        for _ in poll_delays(self._times.task_seconds):
            self._renew(claim)
            task = self._read_task(answer.task_id)
            if task and not task.is_open:
                return task.error
        raise _ItemError(
            f"The task {answer.task_id} of the Platform API had not ended "
            f"after {self._times.task_seconds:.0f} s; it is lost where the "
            "API was restarted."
        )

    def _renew(self, claim: Claim) -> None:
        try:
            holds = self._claims.renew(
                claim, lease_seconds=self._times.lease_seconds
            )
        except TemporaryError as error:
            log.warning("A claim could not be renewed. %s", error)
            return
        if not holds:
            raise _LostError

    def _read_task(self, task_id: int) -> TrustTask | None:
        """Reads a task; nothing while the API cannot answer."""
        try:
            return self._question.task(task_id)
        except PassingError as error:
            log.warning("A task could not be read. %s", error)
            return None
        except MissingError as error:
            raise _ItemError(str(error)) from error
        except ModerateError as error:
            raise _ItemError(str(error), MUCH_LATER) from error
