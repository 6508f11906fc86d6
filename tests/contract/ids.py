"""Hostile texts that are no ids of messages."""

from tests.hostile import HOSTILE

# To YAML these mean something else; as ids they are as good as any.
WORDS = frozenset({"null", "number", "yes"})
NO_IDS = {name: text for name, text in HOSTILE.items() if name not in WORDS}
