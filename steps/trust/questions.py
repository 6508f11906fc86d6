"""The two questions that cost ledger entries, in one shape."""

from dataclasses import dataclass
from typing import Protocol

from steps.clients.platform_api import PlatformApi
from steps.clients.platform_api.asset_objects import find_asset_object
from steps.clients.platform_api.trust import (
    DidAnswer,
    ObjectTrust,
    ProofAnswer,
    TrustTask,
    ask_for_did,
    ask_for_proof,
    read_did,
    read_did_task,
    read_proof_task,
)


class Answer(Protocol):
    """What the platform answers to a question."""

    @property
    def task_id(self) -> int | None:
        """The task that has started, if one has."""

    @property
    def is_there(self) -> bool:
        """Whether what was asked for is there."""


class Question(Protocol):
    """How something is asked for."""

    def ask(self, key: str) -> Answer:
        """Asks; a task may start."""

    def ask_again(self, key: str) -> Answer:
        """Asks after a task has failed, with no new task if possible."""

    def task(self, task_id: int) -> TrustTask:
        """Reads how far a task is."""


@dataclass(frozen=True)
class DidQuestion:
    """Asks for the DID of a user, whose key is the username.

    Attributes:
        api: The Platform API.
    """

    api: PlatformApi

    def ask(self, key: str) -> DidAnswer:
        """Asks; a task may start."""
        return ask_for_did(self.api, key)

    def ask_again(self, key: str) -> DidAnswer:
        """Reads the user; an administrator sees the DID."""
        return read_did(self.api, key)

    def task(self, task_id: int) -> TrustTask:
        """Reads how far a task is."""
        return read_did_task(self.api, task_id)


@dataclass(frozen=True)
class ProofQuestion:
    """Asks for the proof of an asset object, whose key is its number.

    Attributes:
        api: The Platform API.
    """

    api: PlatformApi

    def ask(self, key: str) -> ProofAnswer:
        """Asks; a task may start."""
        return ask_for_proof(self.api, int(key))

    def ask_again(self, key: str) -> ProofAnswer:
        """Reads the object, which has its proof."""
        found = find_asset_object(self.api, int(key))
        if found is None:
            return ProofAnswer()
        return ProofAnswer(obj=ObjectTrust(proof_id=found.proof_id))

    def task(self, task_id: int) -> TrustTask:
        """Reads how far a task is."""
        return read_proof_task(self.api, task_id)
