"""DIDs and proofs: what the Platform API writes to the ledger.

Asking starts a task, and a second question before the first task has ended
costs a second ledger entry: the caller ensures that no other one asks.
"""

import httpx
from pydantic import BaseModel, ConfigDict, TypeAdapter

from steps.clients.platform_api.answers import document, documents, shaped
from steps.clients.platform_api.connection import PlatformApi
from steps.clients.platform_api.errors import PassingError
from steps.clients.platform_api.filters import equal


class UserTrust(BaseModel):
    """A user, as the platform returns it.

    Attributes:
        username: The user.
        trust_did: The DID, None without one.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    username: str
    trust_did: str | None = None


class ObjectTrust(BaseModel):
    """An asset object, as the platform returns it.

    Attributes:
        proof_id: The proof, None without one.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    proof_id: str | None = None


class DidAnswer(BaseModel):
    """The answer to a question for a DID.

    Attributes:
        task_id: The task that has started, None where there is a DID.
        user_meta: The user, None where a task has started.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    task_id: int | None = None
    user_meta: UserTrust | None = None

    @property
    def is_there(self) -> bool:
        """Whether the user has a DID."""
        return bool(self.user_meta and self.user_meta.trust_did)


class ProofAnswer(BaseModel):
    """The answer to a question for a proof.

    Attributes:
        task_id: The task that has started, None where there is a proof.
        obj: The object, None where a task has started.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    task_id: int | None = None
    obj: ObjectTrust | None = None

    @property
    def is_there(self) -> bool:
        """Whether the object has a proof."""
        return bool(self.obj and self.obj.proof_id)


class TrustTask(BaseModel):
    """A task of the API's; both are None while it runs.

    Attributes:
        result: What it has made.
        error: Why it failed.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    result: object | None = None
    error: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether it runs, or will never end: the API was restarted."""
        return self.result is None and self.error is None


_did = TypeAdapter(DidAnswer)
_users = TypeAdapter(list[UserTrust])
_proof = TypeAdapter(ProofAnswer)
_task = TypeAdapter(TrustTask)


def ask_for_did(api: PlatformApi, username: str) -> DidAnswer:
    """Asks for a user's DID.

    Args:
        api: The Platform API.
        username: The user.

    Returns:
        The DID, or the task that has started.

    Raises:
        PassingError: The API failed; a task may have started.
        ModerateError: The API refused.
    """
    answer = api.begin("POST", "/user/did", json={"username": username})
    return shaped(document(answer), _did, "a DID")


def read_did(api: PlatformApi, username: str) -> DidAnswer:
    """Reads whether a user has a DID; no task starts if that can be read.

    The API takes a username that looks like a number, a truth value or a list
    for one, and answers 500: such a user's DID is asked for.

    Args:
        api: The Platform API, with an administrator's account.
        username: The user.

    Returns:
        The DID, the task that has started, or neither.

    Raises:
        ModerateError: The API refused or failed.
    """
    try:
        answer = api.read("/user", filters=equal("username", username))
    except PassingError as error:
        if error.status != httpx.codes.INTERNAL_SERVER_ERROR:
            raise
        return ask_for_did(api, username)
    for user in shaped(documents(answer), _users, "users"):
        if user.username == username:
            return DidAnswer(user_meta=user)
    return DidAnswer()


def read_did_task(api: PlatformApi, task_id: int) -> TrustTask:
    """Reads a task that makes a DID.

    Args:
        api: The Platform API.
        task_id: Its number.

    Returns:
        How far it is.

    Raises:
        ModerateError: There is no such task, or the API refused or failed.
    """
    answer = api.read(f"/user/did/task/{task_id}")
    return shaped(document(answer), _task, "a task")


def ask_for_proof(api: PlatformApi, object_id: int) -> ProofAnswer:
    """Asks for an asset object's proof.

    Args:
        api: The Platform API.
        object_id: The object; by its number, for a key may look like one.

    Returns:
        The proof, or the task that has started.

    Raises:
        PassingError: The API failed; a task may have started.
        ModerateError: The API refused.
    """
    question = {"object_key_or_id": object_id}
    answer = api.begin("POST", "/asset/proof", json=question)
    return shaped(document(answer), _proof, "a proof")


def read_proof_task(api: PlatformApi, task_id: int) -> TrustTask:
    """Reads a task that makes a proof.

    Args:
        api: The Platform API.
        task_id: Its number.

    Returns:
        How far it is.

    Raises:
        ModerateError: There is no such task, or the API refused or failed.
    """
    answer = api.read(f"/asset/proof/task/{task_id}")
    return shaped(document(answer), _task, "a task")
