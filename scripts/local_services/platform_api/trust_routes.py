"""The double's routes for DIDs and proofs."""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.status import (
    HTTP_404_NOT_FOUND,
    HTTP_503_SERVICE_UNAVAILABLE,
)

from local_services.platform_api.filters import (
    PageOf,
    checked_id,
    chosen,
)
from local_services.platform_api.gateway import Account, Gateway, forbidden
from local_services.platform_api.objects import PlatformObject
from local_services.platform_api.trust import Kind, PlatformTrust


class DidQuestion(BaseModel):
    """The body of ``POST /user/did``."""

    model_config = ConfigDict(strict=True)

    username: Annotated[str, Field(min_length=1)]


class ProofQuestion(BaseModel):
    """The body of ``POST /asset/proof``."""

    model_config = ConfigDict(strict=True)

    object_key_or_id: str | int


COLUMNS = {"username": str, "trust_did": str}


def trust_routes(trust: PlatformTrust, gateway: Gateway) -> APIRouter:
    """Routes the requests about users, DIDs and proofs.

    Args:
        trust: The trust service.
        gateway: The accounts.

    Returns:
        The routes.
    """
    router = APIRouter()

    @router.get("/user")
    def list_users(request: Request, query: PageOf) -> list[Any]:
        account = gateway.signed_in(request)
        trust.settle()
        rows = [
            {"id": number, **_user(trust, name)}
            for number, name in enumerate(sorted(trust.known_users()))
            if account.is_administrator or name == account.username
        ]
        page = chosen(rows, query, COLUMNS)
        return [_user(trust, row["username"]) for row in page]

    @router.post("/user/did")
    def ask_for_did(question: DidQuestion, request: Request) -> dict[str, Any]:
        account = gateway.signed_in(request)
        _require_configured(trust)
        name = question.username
        if not account.is_administrator and name != account.username:
            raise forbidden()
        trust.settle()
        trust.users.add(name)
        if name in trust.dids:
            return {"task_id": None, "user_meta": _user(trust, name)}
        task = trust.ask((Kind.DID, name), name, account.username)
        return {"task_id": task.id, "user_meta": None}

    @router.get("/user/did/task/{task_id}")
    def did_task(task_id: int, request: Request) -> dict[str, Any]:
        account = gateway.signed_in(request)
        return _task(trust, Kind.DID, task_id, account)

    @router.post("/asset/proof")
    def ask_for_proof(
        question: ProofQuestion, request: Request
    ) -> dict[str, Any]:
        account = gateway.signed_in(request)
        _require_configured(trust)
        stored = _object(trust, question.object_key_or_id)
        if not account.is_administrator and stored.owner != account.username:
            raise forbidden()
        trust.settle()
        if stored.proof_id:
            return {"task_id": None, "obj": stored.document()}
        owner = stored.owner or account.username
        task = trust.ask((Kind.PROOF, stored.id), owner, account.username)
        return {"task_id": task.id, "obj": None}

    @router.get("/asset/proof/task/{task_id}")
    def proof_task(task_id: int, request: Request) -> dict[str, Any]:
        account = gateway.signed_in(request)
        return _task(trust, Kind.PROOF, task_id, account)

    return router


def _user(trust: PlatformTrust, name: str) -> dict[str, Any]:
    return {"username": name, "trust_did": trust.dids.get(name)}


def _require_configured(trust: PlatformTrust) -> None:
    if not trust.configured:
        raise HTTPException(
            HTTP_503_SERVICE_UNAVAILABLE, "Service Unavailable"
        )


def _task(
    trust: PlatformTrust, kind: Kind, task_id: int, account: Account
) -> dict[str, Any]:
    trust.settle()
    task = trust.tasks.get(checked_id(task_id))
    if (
        task is None
        or task.item[0] is not kind
        or not (account.is_administrator or task.asker == account.username)
    ):
        raise HTTPException(HTTP_404_NOT_FOUND, "Not Found")
    return task.document()


def _object(trust: PlatformTrust, key_or_id: str | int) -> PlatformObject:
    if isinstance(key_or_id, int) or key_or_id.isdecimal():
        checked_id(int(key_or_id))
    for stored in list(trust.objects.values()):
        if str(key_or_id) in {str(stored.id), stored.key}:
            return stored
    raise HTTPException(HTTP_404_NOT_FOUND, "Not Found")
