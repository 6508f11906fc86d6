"""Claims: at most one pod works on an item, and a failed one is repeated."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import cast
from uuid import uuid4

from steps.state import claim_statements as statements
from steps.state.items import Claim, FailedItem, ItemStatus, RetryPolicy
from steps.state.keys import checked_key, checked_keys
from steps.state.namespace import Namespace
from steps.state.server import Connection

LOST = "%s held it and ended without a result."
LONGEST_ERROR = 2_000
DEFAULT_RETRY_POLICY = RetryPolicy()

Row = tuple[object, ...]


class Claims(Namespace):
    """The items of a namespace, by exact keys, and who works on them."""

    def statuses(self, keys: Iterable[str]) -> dict[str, ItemStatus]:
        """Returns where items stand, in one question for all of them.

        Args:
            keys: The items' keys, some hundreds at a time.

        Returns:
            The status of each one, in the order of the keys. One without a
            claim before is due.

        Raises:
            ModerateError: A key cannot be kept, or the server failed.
        """
        wanted = checked_keys(keys)
        rows = self._ask(statements.STATUSES, keys=wanted)
        known = {str(key): ItemStatus(str(text)) for key, text in rows}
        return {key: known.get(key, ItemStatus.DUE) for key in wanted}

    def claim(
        self,
        keys: Iterable[str],
        *,
        holder: str,
        lease_seconds: float,
        limit: int | None = None,
        retry_policy: RetryPolicy = DEFAULT_RETRY_POLICY,
    ) -> list[Claim]:
        """Claims items that are due, and no others.

        Args:
            keys: The items' keys, those to take first in front.
            holder: Who claims them, for people: the pod's name.
            lease_seconds: After how long they are free again, unless the
                claims are renewed; longer than the work on all of them.
            limit: The most items to take; all of them where None.
            retry_policy: How failures are answered.

        Returns:
            The claims, in the order of the keys.

        Raises:
            ModerateError: A key cannot be kept, or the server failed.
        """
        wanted = checked_keys(keys)
        token = uuid4()
        parameters = self._of(
            keys=wanted,
            token=token,
            holder=_storable(holder),
            seconds=lease_seconds,
            limit=limit,
            lost=LOST,
            most_failures=retry_policy.most_failures,
        )

        def take(connection: Connection) -> list[Row]:
            connection.execute(statements.INSERT_MISSING, parameters)
            connection.execute(statements.SET_ASIDE_LOST, parameters)
            return connection.execute(statements.CLAIM, parameters).fetchall()

        taken = {
            str(key): Claim(str(key), token, cast("int", failures))
            for key, failures in self._database.run(take)
        }
        return [taken[key] for key in wanted if key in taken]

    def renew(self, claim: Claim, *, lease_seconds: float) -> bool:
        """Makes a claim last longer, from now on.

        Args:
            claim: The claim.
            lease_seconds: After how long the item is free again.

        Returns:
            Whether the claim still holds; if not, somebody else has it.

        Raises:
            ModerateError: The server failed.
        """
        return self._settle(statements.RENEW, claim, seconds=lease_seconds)

    def give_back(self, claims: Sequence[Claim]) -> None:
        """Frees items that have not been tried.

        Args:
            claims: Their claims; those that no longer hold do no harm.

        Raises:
            ModerateError: The server failed.
        """
        for claim in claims:
            self._settle(statements.GIVE_BACK, claim)

    def done(self, claim: Claim) -> bool:
        """Records that an item is done; it is never claimed again.

        Args:
            claim: Its claim.

        Returns:
            Whether that was written. It is not when the lease ran out and
            somebody else has claimed the item: that claim's holder decides.

        Raises:
            ModerateError: The server failed.
        """
        return self._settle(statements.DONE, claim) or self._was_settled(claim)

    def delete(self, claim: Claim) -> bool:
        """Deletes an item that is done, where a service lists what is missing.

        Args:
            claim: Its claim.

        Returns:
            Whether there was such a claim.

        Raises:
            ModerateError: The server failed.
        """
        return self._settle(statements.DELETE_DONE, claim)

    def failed(
        self,
        claim: Claim,
        error: str,
        *,
        retry_policy: RetryPolicy = DEFAULT_RETRY_POLICY,
    ) -> bool:
        """Records that an item has failed, and when to try it again.

        Args:
            claim: Its claim.
            error: Why, for people; without secrets.
            retry_policy: How failures are answered.

        Returns:
            Whether that was written; see ``done``.

        Raises:
            ModerateError: The server failed.
        """
        return self._settle(
            statements.FAILED,
            claim,
            error=_storable(error),
            most_failures=retry_policy.most_failures,
            first_seconds=retry_policy.first_pause_seconds,
            longest_seconds=retry_policy.longest_pause_seconds,
        ) or self._was_settled(claim)

    def failed_items(self) -> list[FailedItem]:
        """Lists the items that have failed and are not done.

        Returns:
            Those set aside first, each group in the order of the keys.

        Raises:
            ModerateError: The server failed.
        """
        return [
            FailedItem(
                key=str(key),
                failures=cast("int", failures),
                last_error=str(last_error),
                next_try=cast("datetime | None", next_try),
                set_aside=bool(set_aside),
            )
            for key, failures, last_error, next_try, set_aside in self._ask(
                statements.FAILED_ITEMS
            )
        ]

    def release(self, key: str) -> bool:
        """Makes a failed item due now, as if it had never failed.

        Args:
            key: Its key.

        Returns:
            Whether there was such an item without a holder.

        Raises:
            ModerateError: The key cannot be kept, or the server failed.
        """
        return bool(self._ask(statements.RELEASE, key=checked_key(key)))

    def release_all(self) -> int:
        """Makes all failed items due now, as if they had never failed.

        Returns:
            How many there were.

        Raises:
            ModerateError: The server failed.
        """
        return len(self._ask(statements.RELEASE, key=None))

    def _was_settled(self, claim: Claim) -> bool:
        """Recognises a repetition, after an answer was lost."""
        return self._settle(statements.WAS_SETTLED, claim)

    def _settle(
        self, statement: str, claim: Claim, **parameters: object
    ) -> bool:
        rows = self._ask(
            statement, key=claim.key, token=claim.token, **parameters
        )
        return bool(rows)

    def _ask(self, statement: str, **parameters: object) -> list[Row]:
        values = self._of(**parameters)

        def ask(connection: Connection) -> list[Row]:
            return connection.execute(statement.encode(), values).fetchall()

        return self._database.run(ask)


def _storable(text: str) -> str:
    plain = text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
    return plain[:LONGEST_ERROR]
