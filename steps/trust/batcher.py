"""From what is missing to batches, within the limits of a run."""

from collections import Counter
from collections.abc import Mapping

from steps.contract.batches import Batch, batches, largest_report
from steps.contract.wire import label_for
from steps.state.items import ItemStatus
from steps.trust.inputs import (
    TrustBatch,
    TrustDiscovered,
    TrustDiscoverInputs,
)

LARGEST_CONTENT_BYTES = 48 * 1024
ITEM_OVERHEAD_BYTES = 8


class Batcher:
    """Takes items that are due until the run has enough to do."""

    def __init__(self, inputs: TrustDiscoverInputs) -> None:
        """Starts with nothing.

        Args:
            inputs: How much the run may do.
        """
        self._inputs = inputs
        self._due: list[str] = []
        self._taken: set[str] = set()
        self._bytes = 0
        self._statuses: Counter[ItemStatus] = Counter()
        self.is_full = False

    def take(self, statuses: Mapping[str, ItemStatus]) -> None:
        """Takes what is due of some items; one that comes twice, once.

        Args:
            statuses: Where they stand, by their exact keys.
        """
        for key, status in statuses.items():
            if key in self._taken:
                continue
            if status is ItemStatus.DUE:
                self._take_due(key)
            if self.is_full:
                return
            self._taken.add(key)
            self._statuses[status] += 1

    def discovered(self, *, without_key: int = 0) -> TrustDiscovered:
        """Deals out what was taken.

        Args:
            without_key: How many rows can never be tried.

        Returns:
            The batches, and how many items there are of each kind.
        """
        count = self._statuses
        return TrustDiscovered(
            batches=self._batches(),
            seen=count.total(),
            due=len(self._due),
            done=count[ItemStatus.DONE],
            busy=count[ItemStatus.CLAIMED],
            waiting=count[ItemStatus.WAITING],
            set_aside=count[ItemStatus.SET_ASIDE],
            without_key=without_key,
        )

    def _take_due(self, key: str) -> None:
        size = len(key.encode()) + ITEM_OVERHEAD_BYTES
        if (
            len(self._due) == self._inputs.limit
            or self._bytes + size > LARGEST_CONTENT_BYTES
        ):
            self.is_full = True
            return
        self._due.append(key)
        self._bytes += size

    def _batches(self) -> list[Batch]:
        # One batch for each slot: one that waited for its slot would hold up
        # the other workflow in Argo's queue for the limit of requests.
        slots = self._inputs.at_a_time
        size = -(-len(self._due) // slots) or 1
        groups = [
            self._due[start : start + size]
            for start in range(0, len(self._due), size)
        ]
        report_bytes = largest_report(len(groups))
        contents = [
            TrustBatch(
                items=group, report_bytes=report_bytes
            ).model_dump_json()
            for group in groups
        ]
        labels = [
            label_for(f"{len(group)} from {group[0]}") for group in groups
        ]
        return batches(contents, labels, slots=slots)
