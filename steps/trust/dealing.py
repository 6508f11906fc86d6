"""From what is missing to portions, within the limits of a run."""

from collections import Counter
from collections.abc import Mapping

from steps.contract.portions import Portion, largest_report, portions
from steps.contract.wire import label_for
from steps.state.items import Standing
from steps.trust.inputs import (
    TrustDiscovered,
    TrustDiscoverInputs,
    TrustPortion,
)

LARGEST_PORTION = 20
LARGEST_CONTENT_BYTES = 48 * 1024
ITEM_OVERHEAD_BYTES = 8


class Dealer:
    """Takes items that are due until the run has enough to do."""

    def __init__(self, inputs: TrustDiscoverInputs) -> None:
        """Starts with nothing.

        Args:
            inputs: How much the run may do.
        """
        self._inputs = inputs
        self._due: list[str] = []
        self._bytes = 0
        self._standings: Counter[Standing] = Counter()
        self.is_full = False

    def take(self, standings: Mapping[str, Standing]) -> None:
        """Takes what is due of some items.

        Args:
            standings: Where they stand, by their exact keys.
        """
        for key, standing in standings.items():
            if standing is Standing.DUE:
                self._take_due(key)
            if self.is_full:
                return
            self._standings[standing] += 1

    def discovered(self, *, without_key: int = 0) -> TrustDiscovered:
        """Deals out what was taken.

        Args:
            without_key: How many rows can never be tried.

        Returns:
            The portions, and how many items there are of each kind.
        """
        count = self._standings
        return TrustDiscovered(
            portions=self._portions(),
            seen=count.total(),
            due=len(self._due),
            done=count[Standing.DONE],
            busy=count[Standing.CLAIMED],
            waiting=count[Standing.WAITING],
            set_aside=count[Standing.SET_ASIDE],
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

    def _portions(self) -> list[Portion]:
        lanes = self._inputs.at_a_time
        size = min(LARGEST_PORTION, -(-len(self._due) // lanes) or 1)
        groups = [
            self._due[start : start + size]
            for start in range(0, len(self._due), size)
        ]
        report_bytes = largest_report(len(groups))
        contents = [
            TrustPortion(
                items=group, report_bytes=report_bytes
            ).model_dump_json()
            for group in groups
        ]
        labels = [
            label_for(f"{len(group)} from {group[0]}") for group in groups
        ]
        return portions(contents, labels, lanes=lanes)
