"""The trust pipelines without a cluster: their steps, and what they meet."""

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, cast

from local_services.platform_api import PlatformApiDouble
from local_services.platform_api.trust import Item, Kind
from steps.clients.platform_api_settings import PlatformApiSettings
from steps.clients.postgres_settings import PostgresSettings
from steps.contract.batches import Batch, BatchReport, SummaryInputs
from steps.contract.errors import ItemsFailedError
from steps.contract.step import Step
from steps.state.items import ItemStatus
from steps.state.server import connect
from steps.state.state import STATE_DATABASE, State
from steps.trust.batcher import Batcher
from steps.trust.inputs import (
    OBJECTS,
    USERS,
    TrustBatchInputs,
    TrustDiscovered,
    TrustDiscoverInputs,
)
from steps.trust.summary import TrustSummary, summary
from steps.trust_objects.discover import discover as discover_objects
from steps.trust_objects.ensure import ensure_proofs
from steps.trust_users.ensure import ensure_dids
from tests.conftest import ServedDatabases, ServedPlatform

TASK_SECONDS = 5.0
LEASE_SECONDS = 60.0
EMPTY = "DELETE FROM state.item WHERE namespace = ANY(%s)"
MAKE_DUE = "UPDATE state.item SET next_try = clock_timestamp()"
HELD = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
CLOCK_BACK = """
UPDATE state.item SET
    next_try = next_try + interval '1 hour',
    leased_until = leased_until + interval '1 hour',
    done_at = done_at + interval '1 hour'
"""


@dataclass(frozen=True)
class World:
    """Everything around the steps.

    Attributes:
        platform: The Platform API's state.
        api: The settings that reach it.
        postgres: The settings that reach the state.
        task_seconds: How long a task is waited for.
        lease_seconds: How long a claim holds.
    """

    platform: PlatformApiDouble
    api: PlatformApiSettings
    postgres: PostgresSettings
    task_seconds: float = TASK_SECONDS
    lease_seconds: float = LEASE_SECONDS

    def users(
        self, names: Iterable[str], *, limit: int = 50, at_a_time: int = 4
    ) -> TrustSummary:
        """Run what follows the discovery of these users."""
        batcher = Batcher(
            TrustDiscoverInputs(limit=limit, at_a_time=at_a_time)
        )
        with State(self.postgres, USERS) as state:
            batcher.take(state.statuses(names))
        return self.bring_about(batcher.discovered(), ensure_dids)

    def objects(self, **inputs: int) -> TrustSummary:
        """Run what ``trust-objects`` runs."""
        return self.bring_about(self.missing_objects(**inputs), ensure_proofs)

    def missing_objects(self, **inputs: int) -> TrustDiscovered:
        """Find objects without a proof."""
        found: TrustDiscovered = discover_objects(
            TrustDiscoverInputs(**inputs), api=self.api, postgres=self.postgres
        )
        return found

    def bring_about(
        self, found: TrustDiscovered, step: Step[Any, Any]
    ) -> TrustSummary:
        """Run the batches, those of different slots at once."""
        slots = {batch.slot for batch in found.batches}
        with ThreadPoolExecutor(len(slots) or 1) as pool:
            reports = [
                report
                for done in pool.map(
                    lambda slot: self._slot(slot, found.batches, step), slots
                )
                for report in done
            ]
        inputs = SummaryInputs(batches=found.batches, reports=reports)
        try:
            total: TrustSummary = summary(inputs)
        except ItemsFailedError as error:
            return cast("TrustSummary", error.outputs)
        return total

    def _slot(
        self, slot: int, batches: Sequence[Batch], step: Step[Any, Any]
    ) -> list[BatchReport]:
        return [
            step(
                self.inputs_of(batch),
                api=self.api,
                postgres=self.postgres,
            )
            for batch in batches
            if batch.slot == slot
        ]

    def inputs_of(self, batch: Batch) -> TrustBatchInputs:
        """Return the inputs of a batch's pod."""
        return TrustBatchInputs(
            number=batch.number,
            slot=batch.slot,
            content=batch.content,
            task_seconds=self.task_seconds,
            lease_seconds=self.lease_seconds,
        )

    def entries(self, kind: Kind = Kind.DID) -> list[Item]:
        """List the entries of a kind in the ledger."""
        return [
            entry for entry in self.platform.trust.ledger if entry[0] is kind
        ]

    def status_of(self, namespace: str, key: str) -> ItemStatus:
        """Return where an item stands."""
        with State(self.postgres, namespace) as state:
            return state.statuses([key])[key]

    def waits_in_the_database(self) -> bool:
        """Return whether a statement of a step is being held back."""
        with connect(self.postgres, STATE_DATABASE) as connection:
            return connection.execute(HELD).fetchone() is not None

    def sql(self, statement: str, *values: object) -> None:
        """Change the state behind the pipelines' back."""
        with connect(self.postgres, STATE_DATABASE) as connection:
            connection.execute(statement.encode(), values or None)


def empty_world(platform: ServedPlatform, database: ServedDatabases) -> World:
    """Return a world in which nothing has happened."""
    world = World(platform.double, platform.settings, database.settings)
    for namespace in (USERS, OBJECTS):
        world.status_of(namespace, "")
    world.sql(EMPTY, [USERS, OBJECTS])
    return world


def at_once(*work: Callable[[], object]) -> None:
    """Run functions in threads, and wait for all of them."""
    threads = [threading.Thread(target=one) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
