"""What every collection of the API answers."""

import base64
import binascii
from http import HTTPStatus
from typing import Any

import jsonpatch
from metadata.generated.schema.type.bulkDeleteStaleRequest import (
    BulkDeleteStaleRequest,
)

from local_services.open_metadata.server.bodies import Json, validated
from local_services.open_metadata.server.entities import (
    asked_fields,
    patched,
    shown,
)
from local_services.open_metadata.server.errors import (
    RefusedError,
    bad_request,
)
from local_services.open_metadata.server.filters import (
    PARAMETERS,
    regex_filter,
)
from local_services.open_metadata.server.kinds import KINDS, Kind
from local_services.open_metadata.server.request import Request
from local_services.open_metadata.server.store import (
    ALL,
    NON_DELETED,
    Store,
)

PAGE = 10
LARGEST_PAGE = 1_000_000
SCOPES = ("service", "database", "databaseSchema")


class Collection:
    """The operations on entities of one kind."""

    def __init__(self, store: Store, kind: Kind) -> None:
        """Makes the operations.

        Args:
            store: Where the entities are kept.
            kind: Their kind.
        """
        self._store = store
        self._kind = kind

    def put(self, request: Request) -> Json:
        """``PUT /``: makes or renews an entity."""
        request.check_query()
        return self._shown(
            request, self._store.put(self._kind, request.json())
        )

    def put_many(self, request: Request) -> Json:
        """``PUT /bulk``: makes or renews entities, each for itself."""
        request.check_query("async", "overrideMetadata")
        if request.query.get("async") == "true":
            raise bad_request("the double makes entities at once only")
        bodies = request.json()
        if not isinstance(bodies, list):
            raise bad_request("The body is not a list")
        override = request.query.get("overrideMetadata") == "true"
        passed, failed = [], []
        for body in bodies:
            try:
                entity = self._store.put(self._kind, body, override=override)
            except RefusedError as error:
                name = body.get("name") if isinstance(body, dict) else None
                failed.append(_line(name, error.status, str(error)))
            else:
                passed.append(_line(entity["fullyQualifiedName"]))
        return _bulk_result(passed, failed)

    def listed(self, request: Request) -> Json:
        """``GET /``: a page of the entities, by name."""
        request.check_query(
            "fields",
            "include",
            "limit",
            "after",
            "before",
            *SCOPES,
            *PARAMETERS,
        )
        scopes = [request.query[key] for key in SCOPES if key in request.query]
        stays = regex_filter(self._kind, request.query)
        found = [
            entity
            for entity in self._store.listed(
                self._kind,
                max(scopes, key=len, default=None),
                _include(request),
            )
            if stays(entity)
        ]
        asked = self._asked(request)
        limit = _limit(request)
        start = _position(request.query.get("after", ""))
        page = found[start : start + limit]
        end = start + len(page)
        paging: dict[str, Any] = {"total": len(found)}
        if end < len(found):
            paging["after"] = _cursor(end)
        if start:
            paging["before"] = _cursor(max(start - limit, 0))
        return {
            "data": [shown(self._kind, entity, asked) for entity in page],
            "paging": paging,
        }

    def by_name(self, request: Request, qualified: str) -> Json:
        """``GET /name/{name}``: one entity."""
        request.check_query("fields", "include")
        include = _include(request)
        found = self._store.by_name(self._kind, qualified, include)
        return self._shown(request, found)

    def by_id(self, request: Request, identifier: str) -> Json:
        """``GET /{id}``: one entity."""
        request.check_query("fields", "include")
        include = _include(request)
        found = self._store.by_id(self._kind, identifier, include)
        return self._shown(request, found)

    def patch(self, request: Request, identifier: str) -> Json:
        """``PATCH /{id}``: changes an entity by a JSON patch."""
        request.check_query("overrideMetadata")
        known = self._store.by_id(self._kind, identifier)
        try:
            changed = jsonpatch.apply_patch(known, request.json())
        except (jsonpatch.JsonPatchException, ValueError, KeyError) as error:
            raise bad_request(f"Invalid patch: {error}") from None
        kept = self._store.keep(self._kind, patched(known, changed))
        return self._shown(request, kept)

    def delete(self, request: Request, identifier: str) -> Json:
        """``DELETE /{id}``: marks an entity as deleted, or removes it."""
        request.check_query("recursive", "hardDelete")
        hard = request.query.get("hardDelete") == "true"
        found = self._store.by_id(
            self._kind, identifier, ALL if hard else NON_DELETED
        )
        if request.query.get("recursive") != "true" and self._store.below(
            found
        ):
            raise bad_request(f"{self._kind.noun} is not empty")
        self._store.delete(self._kind, found, hard=hard)
        return {**self._shown(request, found), "deleted": True}

    def delete_stale(self, request: Request) -> Json:
        """``DELETE /deleteStale``: marks what a run did not see."""
        request.check_query()
        body = validated(BulkDeleteStaleRequest, request.json())
        if body["scopeEntityType"] not in {
            *SCOPES,
            *(kind.noun for kind in KINDS.values()),
        }:
            raise bad_request(f"Unknown scope {body['scopeEntityType']!r}")
        stale = self._store.stale(
            self._kind, body["scopeFqn"], body["seenFqns"]
        )
        dry_run = body.get("dryRun", False)
        for entity in [] if dry_run else stale:
            self._store.delete(
                self._kind, entity, hard=body.get("hardDelete", False)
            )
        passed = [_line(entity["fullyQualifiedName"]) for entity in stale]
        return {**_bulk_result(passed, []), "dryRun": dry_run}

    def restore(self, request: Request) -> Json:
        """``PUT /restore``: brings back what was marked as deleted."""
        request.check_query()
        identifier = request.json()["id"]
        found = self._store.by_id(self._kind, identifier, ALL)
        self._store.restore(found)
        return self._shown(request, {**found, "deleted": False})

    def _shown(self, request: Request, entity: Json) -> Json:
        return shown(self._kind, entity, self._asked(request))

    def _asked(self, request: Request) -> frozenset[str]:
        return asked_fields(self._kind, request.query.get("fields", ""))


def _include(request: Request) -> str:
    return request.query.get("include", NON_DELETED)


def _limit(request: Request) -> int:
    text = request.query.get("limit", str(PAGE))
    if not text.isdecimal() or int(text) > LARGEST_PAGE:
        raise bad_request(f"query param limit {text!r} is out of range")
    return int(text)


def _cursor(position: int) -> str:
    return base64.urlsafe_b64encode(b"%d" % position).decode()


def _position(cursor: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(cursor) or 0)
    except (ValueError, binascii.Error):
        raise bad_request(f"Invalid cursor {cursor!r}") from None


def _line(
    request: object, status: HTTPStatus = HTTPStatus.OK, message: str = ""
) -> Json:
    return {"request": request, "status": int(status), "message": message}


def _bulk_result(passed: list[Json], failed: list[Json]) -> Json:
    status = "success" if not failed else "partialSuccess"
    return {
        "dryRun": False,
        "status": status if passed or not failed else "failure",
        "numberOfRowsProcessed": len(passed) + len(failed),
        "numberOfRowsPassed": len(passed),
        "numberOfRowsFailed": len(failed),
        "successRequest": passed,
        "failedRequest": failed,
    }
