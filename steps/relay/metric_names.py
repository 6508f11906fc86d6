"""The names of the relay's metrics, light enough for everybody."""

from typing import Final

MESSAGES: Final = "moderate_relay_messages"
MESSAGES_HELP: Final = "Messages of the queue, by outcome."
OUTCOME_LABEL: Final = "outcome"
QUEUE_MESSAGES: Final = "moderate_relay_queue_messages"
QUEUE_MESSAGES_HELP: Final = "Messages that wait in a queue."
QUEUE_LABEL: Final = "queue"
WORK: Final = "work"
DEAD: Final = "dead"
