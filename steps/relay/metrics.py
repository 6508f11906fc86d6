"""What Prometheus reads of the relay."""

from collections.abc import Iterable

from prometheus_client import (
    CONTENT_TYPE_PLAIN_0_0_4,
    CollectorRegistry,
    Counter,
    Gauge,
    Metric,
    generate_latest,
)

from steps.relay.disposition import Outcome
from steps.relay.metric_names import (
    MESSAGES,
    MESSAGES_HELP,
    OUTCOME_LABEL,
    QUEUE_LABEL,
    QUEUE_MESSAGES,
    QUEUE_MESSAGES_HELP,
)

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


class RelayMetrics:
    """Counts messages, done and waiting."""

    def __init__(self) -> None:
        """Starts with nothing counted, and nothing known of the queues."""
        self._registry = CollectorRegistry()
        self._messages = Counter(
            MESSAGES, MESSAGES_HELP, [OUTCOME_LABEL], registry=self._registry
        )
        self._waiting = Gauge(
            QUEUE_MESSAGES,
            QUEUE_MESSAGES_HELP,
            [QUEUE_LABEL],
            registry=self._registry,
        )
        for outcome in Outcome:
            self._messages.labels(outcome.name.lower())

    def count(self, outcome: Outcome) -> None:
        """Counts a message.

        Args:
            outcome: Its outcome.
        """
        self._messages.labels(outcome.name.lower()).inc()

    def waiting(self, queue: str, messages: int) -> None:
        """Notes how many messages wait.

        Args:
            queue: Which queue, in one of the words of the metric.
            messages: How many no consumer holds.
        """
        self._waiting.labels(queue).set(messages)

    def clear_queues(self) -> None:
        """Notes that nothing is known of the queues any more."""
        self._waiting.clear()

    def families(self) -> Iterable[Metric]:
        """Lists all numbers, by metric."""
        return self._registry.collect()

    def text(self) -> bytes:
        """Writes all numbers as Prometheus reads them."""
        return generate_latest(self._registry)
