"""An object's owner needs a DID first."""

from steps.state.claims import Claims
from steps.state.items import ItemStatus
from steps.trust.reconciler import Reconciler
from steps.trust.report import Outcome
from steps.trust.waiting import poll_delays

BUSY = "another run has been making it for a long time"


class Owners:
    """Ensures that owners have DIDs, together with ``trust-users``."""

    def __init__(
        self, users: Claims, dids: Reconciler, wait_seconds: float
    ) -> None:
        """Prepares it; nothing is asked yet.

        Args:
            users: Who works on which user's DID.
            dids: Makes a DID.
            wait_seconds: How long another run's work on one is waited for.
        """
        self._users = users
        self._dids = dids
        self._wait_seconds = wait_seconds

    def blocked_by(self, username: str) -> str:
        """Ensures that a user has a DID.

        Args:
            username: The user.

        Returns:
            Why the user has none; empty where the user has one.

        Raises:
            NotAskedError: The platform takes no questions.
            ModerateError: The state could not be read or written.
        """
        reason = self._reason(username)
        if reason == BUSY:
            for _ in poll_delays(self._wait_seconds):
                reason = self._reason(username)
                if reason != BUSY:
                    break
        return f"Its owner {username!r} has no DID: {reason}" if reason else ""

    def _reason(self, username: str) -> str:
        status = self._users.statuses([username])[username]
        if status is ItemStatus.DUE:
            found = self._dids.ensure(username)
            if found.end is not Outcome.LEFT:
                return found.reason
            status = self._users.statuses([username])[username]
        if status is ItemStatus.DONE:
            return ""
        if status in {ItemStatus.CLAIMED, ItemStatus.DUE}:
            return BUSY
        return f"the last try has failed, and it is {status}"
