"""The double's routes for DIDs and proofs."""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field
from starlette.status import (
    HTTP_404_NOT_FOUND,
    HTTP_503_SERVICE_UNAVAILABLE,
)

from local_services.platform_api.objects import PlatformObject
from local_services.platform_api.trust import Kind, PlatformTrust


class DidQuestion(BaseModel):
    """The body of ``POST /user/did``."""

    model_config = ConfigDict(extra="forbid", strict=True)

    username: Annotated[str, Field(min_length=1)]


class ProofQuestion(BaseModel):
    """The body of ``POST /asset/proof``."""

    model_config = ConfigDict(extra="forbid", strict=True)

    object_key_or_id: str | int


def trust_routes(trust: PlatformTrust, account: str) -> APIRouter:
    """Routes the requests about DIDs and proofs.

    Args:
        trust: The trust service.
        account: The account that asks.

    Returns:
        The routes.
    """
    router = APIRouter()

    @router.post("/user/did")
    def ask_for_did(question: DidQuestion) -> dict[str, Any]:
        _require_configured(trust)
        name = question.username
        trust.settle()
        if name in trust.dids:
            made = {"username": name, "trust_did": trust.dids[name]}
            return {"task_id": None, "user_meta": made}
        task = trust.ask((Kind.DID, name), owner=name)
        return {"task_id": task.id, "user_meta": None}

    @router.get("/user/did/task/{task_id}")
    def did_task(task_id: int) -> dict[str, Any]:
        return _task(trust, Kind.DID, task_id)

    @router.post("/asset/proof")
    def ask_for_proof(question: ProofQuestion) -> dict[str, Any]:
        _require_configured(trust)
        stored = _object(trust, question.object_key_or_id)
        trust.settle()
        if stored.proof_id:
            return {"task_id": None, "obj": stored.document()}
        task = trust.ask((Kind.PROOF, stored.id), stored.owner or account)
        return {"task_id": task.id, "obj": None}

    @router.get("/asset/proof/task/{task_id}")
    def proof_task(task_id: int) -> dict[str, Any]:
        return _task(trust, Kind.PROOF, task_id)

    return router


def _require_configured(trust: PlatformTrust) -> None:
    if not trust.configured:
        raise HTTPException(HTTP_503_SERVICE_UNAVAILABLE)


def _task(trust: PlatformTrust, kind: Kind, task_id: int) -> dict[str, Any]:
    trust.settle()
    task = trust.tasks.get(task_id)
    if task is None or task.item[0] is not kind:
        raise HTTPException(HTTP_404_NOT_FOUND, "No such task")
    return task.document()


def _object(trust: PlatformTrust, key_or_id: str | int) -> PlatformObject:
    for stored in trust.objects.values():
        if str(key_or_id) in {str(stored.id), stored.key}:
            return stored
    raise HTTPException(HTTP_404_NOT_FOUND, "No such object")
