"""The double answers as the Platform API does, route by route.

One table for each row of the platform's contract; each case is named with the
words of the row, or of what was seen beside it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import pytest

from local_services.object_store import BUCKET
from local_services.platform_api import PlatformApiDouble, Role, UploadBucket
from local_services.platform_api.assets import NewAsset
from local_services.platform_api.gateway import AWAY, USERNAME
from local_services.platform_api.trust import Kind
from steps.contract.platform_id import LARGEST_ID
from tests.conftest import ServedPlatform, ServedStore
from tests.relay.waiting import eventually

TOO_LARGE = LARGEST_ID + 1
ABSENT = 999_999
PUBLIC, JANES, OWN = (UUID(int=number) for number in (1, 2, 3))
CAROL, GUEST = "carol", "guest"
ADMIN, ORDINARY, NONE = Role.ADMINISTRATOR, Role.ORDINARY, Role.NONE
ACCOUNTS = {ADMIN: USERNAME, ORDINARY: CAROL, NONE: GUEST}
DETAIL, MESSAGE = "detail", "message"
RESULTS = {"error": "x"}
WITHOUT_PROOF = '[["proof_id","eq",null]]'
EXPIRED = "expired"


def is_error(key: str = DETAIL) -> Callable[[Any], bool]:
    """Expect an error with its reason under a key."""
    return lambda body: bool(body[key])


def has(**fields: object) -> Callable[[Any], bool]:
    """Expect fields of a document."""
    return lambda body: {name: body[name] for name in fields} == fields


def lists(field_name: str, *values: object) -> Callable[[Any], bool]:
    """Expect rows, in any order."""
    return lambda body: {row[field_name] for row in body} == set(values)


@dataclass(frozen=True)
class Case:
    """A request, and how it is answered.

    Attributes:
        words: The words of the contract that it is about.
        request: Method and path.
        status: The answer's status.
        shows: What holds for the answer's body.
        who: The role of who asks; None for a request without a token.
        sent: The query, the body or the form, as httpx takes them.
        before: What happens before.
    """

    words: str
    request: str
    status: int = 200
    shows: Callable[[Any], bool] = bool
    who: Role | str | None = ADMIN
    sent: Mapping[str, Any] = field(default_factory=dict)
    before: Callable[[PlatformApiDouble], object] = lambda _: None


def table(*cases: Case) -> pytest.MarkDecorator:
    """Run a test with each case of a row."""
    return pytest.mark.parametrize("case", cases, ids=lambda one: one.words)


def asked(**params: object) -> Mapping[str, Any]:
    """Send a query."""
    return {"params": params}


def document(**content: object) -> Mapping[str, Any]:
    """Send a JSON body."""
    return {"json": content}


def asset(uuid: UUID, **fields: object) -> NewAsset:
    """Describe an asset."""
    return NewAsset.model_validate({"uuid": uuid, "name": "x", **fields})


@pytest.fixture
def double(platform: ServedPlatform) -> PlatformApiDouble:
    """Assets, objects and jobs of several people.

    Assets and their objects 1 to 3: ownerless, Jane's, the pipelines' own. The
    object 4 belongs to no asset that is listed. Jobs: 1 is Jane's, 2 is the
    pipelines' own.
    """
    double = platform.double
    double.roles.update({CAROL: ORDINARY, GUEST: NONE})
    double.assets.clear()
    double.jobs.clear()
    double.assets.create(asset(PUBLIC, is_public_ownerless=True))
    double.assets.create(asset(JANES), "jane")
    double.assets.create(asset(OWN))
    for number, owner in enumerate((None, "jane", USERNAME), start=1):
        double.add_object(f"{number}.csv", BUCKET, owner).asset_id = number
    double.add_object("4.csv", BUCKET, "jane")
    for creator in ("jane", USERNAME):
        double.add_job().creator = creator
    return double


@pytest.fixture
def ask(
    platform: ServedPlatform, double: PlatformApiDouble
) -> Iterator[Callable[[Case], None]]:
    """Sends a case's request, and checks its answer."""
    with httpx.Client(base_url=platform.environment["API_BASE_URL"]) as http:

        def check(case: Case) -> None:
            case.before(double)
            method, path = case.request.split(" ")
            if case.who == EXPIRED:
                http.headers["Authorization"] = "Bearer expired"
            elif case.who is not None:
                token = double.token_of(ACCOUNTS[Role(case.who)])
                http.headers["Authorization"] = f"Bearer {token}"
            answer = http.request(method, path, **case.sent)
            assert answer.status_code == case.status, answer.text
            assert case.shows(answer.json()), answer.text

        yield check


def without_key(double: PlatformApiDouble) -> None:
    """Make a row's key null."""
    double.objects[1].key = None


def keycloak_away(double: PlatformApiDouble) -> None:
    """Make Keycloak slower than the gateway waits."""
    double.keycloak_limit_seconds = 0.01
    double.keycloak_seconds = 3600


def older_keycloak(double: PlatformApiDouble) -> None:
    """Make expired tokens be answered as an older Keycloak does."""
    double.expired_status = 401


def undecided(double: PlatformApiDouble) -> None:
    """Let the gateway pass everything on."""
    double.decides = False


def full_pool(double: PlatformApiDouble) -> None:
    """Let something else hold all database connections."""
    double.pool_is_full = True
    double.pool_seconds = 0.05


def no_trust(double: PlatformApiDouble) -> None:
    """Take the trust service away."""
    double.trust.configured = False


def carols_did(double: PlatformApiDouble) -> None:
    """Give a user a DID."""
    double.trust.dids[CAROL] = "did:example:1"


def proven(double: PlatformApiDouble) -> None:
    """Give an object a proof."""
    double.objects[1].proof_id = "proof:example:1"


def did_task(double: PlatformApiDouble) -> None:
    """Begin a task that takes long."""
    double.trust.seconds = 3600
    double.trust.ask((Kind.DID, CAROL), CAROL, USERNAME)


def proof_task(double: PlatformApiDouble) -> None:
    """Begin a task that takes long."""
    double.trust.seconds = 3600
    double.trust.ask((Kind.PROOF, 1), USERNAME, USERNAME)


def form(password: str = "", username: str = USERNAME) -> Mapping[str, Any]:
    """Send a sign-in."""
    return {"data": {"username": username, "password": password}}


@table(
    Case(
        "a wrong password has another message",
        "POST /api/token",
        401,
        lambda body: AWAY not in str(body),
        who=None,
        sent=form("wrong"),
    ),
    Case(
        "401 when Keycloak is down or slower than 3 s",
        "POST /api/token",
        401,
        has(message=AWAY),
        who=None,
        sent=form("wrong"),
        before=keycloak_away,
    ),
    Case(
        "a form is needed",
        "POST /api/token",
        422,
        is_error(),
        who=None,
        sent=document(username=USERNAME),
    ),
)
def test_post_token(ask: Callable[[Case], None], case: Case) -> None:
    """`POST /api/token`: made by the gateway in front of the API."""
    ask(case)


def test_a_token_is_valid_for_expires_in_seconds(
    platform: ServedPlatform, double: PlatformApiDouble
) -> None:
    double.token_seconds = 0.1
    with httpx.Client(base_url=platform.environment["API_BASE_URL"]) as http:
        sent = form(double.password)
        found = http.post("/api/token", **sent).raise_for_status().json()
        assert found["expires_in"] == double.token_seconds
        http.headers["Authorization"] = f"Bearer {found['access_token']}"
        eventually(lambda: http.get("/job/1").status_code == 400)


LISTS = ("/asset", "/asset/object", "/job", "/user")


@pytest.mark.parametrize("path", LISTS)
@table(
    Case("limit=0 an empty list", "", 200, lambda body: body == []),
    Case("negative limit 500", "", 500, is_error(), sent=asked(limit=-1)),
    Case("negative offset 500", "", 500, is_error(), sent=asked(offset=-1)),
    Case("limit above 100: 422", "", 422, is_error(), sent=asked(limit=101)),
    Case(
        "a malformed filter 400", "", 400, is_error(), sent=asked(filters="x")
    ),
    Case(
        "a filter of two parts 400",
        "",
        400,
        is_error(),
        sent=asked(filters='[["id","eq"]]'),
    ),
    Case(
        "an unknown field 500",
        "",
        500,
        is_error(),
        sent=asked(filters='[["fax","eq",1]]'),
    ),
    Case(
        "an unknown operator 500",
        "",
        500,
        is_error(),
        sent=asked(filters='[["id","like",1]]'),
    ),
)
def test_lists(ask: Callable[[Case], None], case: Case, path: str) -> None:
    """`limit` ≤ 100 (default 100), `offset`; lists and their filters."""
    sent = case.sent or asked(limit=0)
    ask(Case(case.words, f"GET {path}", case.status, case.shows, sent=sent))


@pytest.mark.parametrize("path", LISTS)
def test_lists_have_no_order_of_their_own(
    platform: ServedPlatform, double: PlatformApiDouble, path: str
) -> None:
    for number in range(20):
        double.add_job().creator = USERNAME
        double.trust.dids[f"user-{number:02}"] = f"did:{number:02}"
        double.assets.create(asset(UUID(int=100 + number)))
        double.add_object(f"{number}.csv", BUCKET)
    field_name = "username" if path == "/user" else "id"
    with httpx.Client(
        base_url=platform.environment["API_BASE_URL"],
        headers={"Authorization": f"Bearer {double.token_of()}"},
    ) as http:
        whole = [row[field_name] for row in http.get(path).json()]
        assert whole != sorted(whole)
        pages = [
            row[field_name]
            for offset in range(0, len(whole), 7)
            for row in http.get(path, **asked(limit=7, offset=offset)).json()
        ]
    assert pages == whole


@table(
    Case("list of assets", "GET /asset", shows=lists("id", 1, 2, 3)),
    Case(
        "answers without a token too, with what is public",
        "GET /asset",
        shows=lists("id", 1),
        who=None,
    ),
    Case(
        "an expired token is answered as none",
        "GET /asset",
        shows=lists("id", 1),
        who=EXPIRED,
    ),
    Case(
        "an ordinary account sees its own and what is public",
        "GET /asset",
        shows=lists("id", 1),
        who=ORDINARY,
    ),
    Case(
        "an account without a role sees what is public",
        "GET /asset",
        shows=lists("id", 1),
        who=NONE,
    ),
    Case(
        "found by its uuid",
        "GET /asset",
        shows=lists("uuid", str(OWN)),
        sent=asked(filters=f'[["uuid","eq","{OWN}"]]'),
    ),
    Case(
        "digits against a text column 500",
        "GET /asset",
        500,
        is_error(),
        sent=asked(filters='[["name","eq","42"]]'),
    ),
    Case(
        "a row whose key is null makes /asset answer 500",
        "GET /asset",
        500,
        is_error(),
        before=without_key,
    ),
)
def test_get_asset(ask: Callable[[Case], None], case: Case) -> None:
    """`GET /asset?filters=…`: list of assets."""
    ask(case)


NEW = {"uuid": str(UUID(int=9)), "name": "x"}


@table(
    Case(
        "asset with id",
        "POST /asset",
        shows=has(id=4, username=None, access_level="public"),
        sent=document(**NEW, is_public_ownerless=True),
    ),
    Case(
        "extra fields in a body are ignored with 200",
        "POST /asset",
        shows=has(id=4, access_level="private", username=USERNAME),
        sent=document(**NEW, fax=1),
    ),
    Case(
        "a uuid that exists: 409, its body has message",
        "POST /asset",
        409,
        is_error(MESSAGE),
        sent=document(uuid=str(PUBLIC), name="x"),
    ),
    Case(
        "without a name 422", "POST /asset", 422, is_error(), sent=document()
    ),
    Case(
        "without a token 401",
        "POST /asset",
        401,
        is_error(),
        who=None,
        sent=document(**NEW),
    ),
    Case(
        "an expired token 400 invalid_grant",
        "POST /asset",
        400,
        has(detail="invalid_grant"),
        who=EXPIRED,
        sent=document(**NEW),
    ),
)
def test_post_asset(ask: Callable[[Case], None], case: Case) -> None:
    """`POST /asset`: asset with `id`; a uuid that exists: 409."""
    ask(case)


def upload(**fields: str) -> Mapping[str, Any]:
    """Send a file."""
    return {"files": {"obj": ("My File.csv", b"a\n1\n")}, "data": fields}


def full(double: PlatformApiDouble) -> None:
    """Fill an asset."""
    for _ in range(99):
        double.add_object("x.csv", BUCKET).asset_id = 1


@pytest.mark.services
@table(
    Case(
        "the stored object with id, key, bucket, sha256_hash",
        "POST /asset/1/object",
        shows=lambda body: (
            body["key"].startswith(f"{USERNAME}-assets/my-file-")
            and body["key"].endswith(".csv")
            and body["bucket"] == BUCKET
            and len(body["sha256_hash"]) == 64
            and body["tags"] == {"a": "b"}
            and body["series_id"] == "s"
        ),
        sent=upload(tags='{"a":"b"}', series_id="s", fax="1"),
    ),
    Case(
        "tags that are no JSON object 400",
        "POST /asset/1/object",
        400,
        is_error(),
        sent=upload(tags="{"),
    ),
    Case(
        "at most 100 objects, 400 after that",
        "POST /asset/1/object",
        400,
        lambda body: "cannot upload more than 100" in body[DETAIL],
        sent=upload(),
        before=full,
    ),
    Case(
        "to somebody's private asset: 404, for administrators too",
        "POST /asset/2/object",
        404,
        is_error(),
        sent=upload(),
    ),
    Case(
        "unknown ids: 404",
        f"POST /asset/{ABSENT}/object",
        404,
        is_error(),
        sent=upload(),
    ),
    Case(
        "ids are 32-bit integers: above 500",
        f"POST /asset/{TOO_LARGE}/object",
        500,
        is_error(),
        sent=upload(),
    ),
    Case(
        "without a token 401",
        "POST /asset/1/object",
        401,
        is_error(),
        who=None,
        sent=upload(),
    ),
)
def test_post_asset_object(
    ask: Callable[[Case], None],
    double: PlatformApiDouble,
    s3: ServedStore,
    case: Case,
) -> None:
    """`POST /asset/{id}/object`: multipart, the stored object."""
    double.assets.upload_bucket = UploadBucket(s3.environment)
    ask(case)


CHANGE = document(tags={"a": "b"}, fax=1)


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
@table(
    Case("extra fields are ignored with 200", "/asset/1/object/1"),
    Case("unknown ids: 404", f"/asset/1/object/{ABSENT}", 404, is_error()),
    Case(
        "ids are 32-bit integers: above 500",
        f"/asset/1/object/{TOO_LARGE}",
        500,
        is_error(),
    ),
    Case("not its own: 404", "/asset/2/object/2", 404, is_error(), ORDINARY),
    Case("without a token 401", "/asset/1/object/1", 401, is_error(), None),
    Case(
        "an expired token 400", "/asset/1/object/1", 400, is_error(), EXPIRED
    ),
)
def test_patch_and_delete_asset_object(
    ask: Callable[[Case], None], case: Case, method: str
) -> None:
    """`PATCH /asset/{id}/object/{object id}`, `DELETE …`."""
    sent = CHANGE if method == "PATCH" else {}
    request = f"{method} {case.request}"
    ask(Case(case.words, request, case.status, case.shows, case.who, sent))


@pytest.mark.services
def test_a_removed_object_s_file_stays_in_the_bucket(
    ask: Callable[[Case], None], double: PlatformApiDouble, s3: ServedStore
) -> None:
    double.assets.upload_bucket = UploadBucket(s3.environment)
    ask(Case("", "POST /asset/1/object", sent=upload()))
    stored = double.objects[max(double.objects)]
    ask(Case("", f"DELETE /asset/1/object/{stored.id}"))
    assert stored.id not in double.objects
    assert s3.get(str(stored.key)) == b"a\n1\n"


@table(
    Case(
        "asset objects without a proof",
        "GET /asset/object",
        shows=lists("id", 2, 3, 4),
        sent=asked(filters=WITHOUT_PROOF),
        before=proven,
    ),
    Case(
        "of one asset",
        "GET /asset/object",
        shows=lists("id", 2),
        sent=asked(filters='[["asset_id","eq",2]]'),
    ),
    Case(
        "a row whose key is null makes the list answer 500",
        "GET /asset/object",
        500,
        is_error(),
        before=without_key,
    ),
    Case(
        "a page without that row is answered",
        "GET /asset/object",
        shows=lists("id", 2),
        sent=asked(filters='[["id","eq",2]]'),
        before=without_key,
    ),
    Case(
        "ids are 32-bit integers: above 500",
        "GET /asset/object",
        500,
        is_error(),
        sent=asked(filters=f'[["id","eq",{TOO_LARGE}]]'),
    ),
    Case(
        "GET /asset/object does answer 401",
        "GET /asset/object",
        401,
        is_error(),
        who=None,
    ),
    Case(
        "an expired token: 400 with a newer Keycloak",
        "GET /asset/object",
        400,
        has(detail="invalid_grant"),
        who=EXPIRED,
    ),
    Case(
        "an expired token: 401 with an older one",
        "GET /asset/object",
        401,
        is_error(),
        who=EXPIRED,
        before=older_keycloak,
    ),
    Case(
        "an expired token: by the API itself with 401",
        "GET /asset/object",
        401,
        is_error(),
        who=EXPIRED,
        before=undecided,
    ),
    Case("not allowed: 403", "GET /asset/object", 403, is_error(), ORDINARY),
    Case(
        "an account without a role", "GET /asset/object", 401, is_error(), NONE
    ),
)
def test_get_asset_object(ask: Callable[[Case], None], case: Case) -> None:
    """`GET /asset/object?filters=[["proof_id","eq",null]]&limit=…`."""
    ask(case)


def seen(*ids: int) -> Callable[[Any], bool]:
    """Expect objects of a batch, with their asset and without two fields."""
    return lambda body: (
        {row["id"] for row in body} == set(ids)
        and all(
            row["id"] in {one["id"] for one in row["asset"]["objects"]}
            and not {"bucket", "asset_id"} & row.keys()
            for row in body
        )
    )


BATCH = "GET /asset/object/batch"


@table(
    Case(
        "objects with their whole asset, without bucket and asset_id",
        BATCH,
        shows=seen(1, 2, 4),
        sent=asked(ids="1,2,4"),
    ),
    Case(
        "its username is the owner",
        BATCH,
        shows=lambda body: body[0]["asset"]["username"] == "jane",
        sent=asked(ids="2"),
    ),
    Case(
        "null for ownerless",
        BATCH,
        shows=lambda body: body[0]["asset"]["username"] is None,
        sent=asked(ids="1"),
    ),
    Case(
        "without a valid token: 200 with the public ones",
        BATCH,
        shows=seen(1),
        who=None,
        sent=asked(ids="1,2"),
    ),
    Case(
        "[] for the rest",
        BATCH,
        shows=lambda body: body == [],
        who=EXPIRED,
        sent=asked(ids="2"),
    ),
    Case(
        "an ordinary account sees the public ones",
        BATCH,
        shows=seen(1),
        who=ORDINARY,
        sent=asked(ids="1,2"),
    ),
    Case("bad ids 400", BATCH, 400, is_error(), sent=asked(ids="1,x")),
    Case(
        "ids are 32-bit integers: above 500",
        BATCH,
        500,
        is_error(),
        sent=asked(ids=TOO_LARGE),
    ),
    Case(
        "a row whose key is null makes the batch answer 500",
        BATCH,
        500,
        is_error(),
        sent=asked(ids="1,2"),
        before=without_key,
    ),
)
def test_get_asset_object_batch(
    ask: Callable[[Case], None], case: Case
) -> None:
    """`GET /asset/object/batch?ids=1,2`: with their whole asset."""
    ask(case)


@table(
    Case(
        "when work has started",
        "POST /user/did",
        shows=has(task_id=1, user_meta=None),
        sent=document(username=CAROL, fax=1),
    ),
    Case(
        "when the DID exists",
        "POST /user/did",
        shows=has(
            task_id=None,
            user_meta={"username": CAROL, "trust_did": "did:example:1"},
        ),
        sent=document(username=CAROL),
        before=carols_did,
    ),
    Case(
        "503 means that the trust service is not configured",
        "POST /user/did",
        503,
        is_error(),
        sent=document(username=CAROL),
        before=no_trust,
    ),
    Case(
        "not allowed: 403",
        "POST /user/did",
        403,
        is_error(),
        ORDINARY,
        document(username="jane"),
    ),
    Case(
        "its own is allowed",
        "POST /user/did",
        200,
        has(task_id=1),
        ORDINARY,
        document(username=CAROL),
    ),
    Case("malformed 422", "POST /user/did", 422, is_error(), sent=document()),
    Case(
        "without a token 401",
        "POST /user/did",
        401,
        is_error(),
        None,
        document(username=CAROL),
    ),
)
def test_post_user_did(ask: Callable[[Case], None], case: Case) -> None:
    """`POST /user/did`: work has started, or the DID exists."""
    ask(case)


RUNS = has(id=1, result=None, error=None, finished_at=None)


@table(
    Case(
        "result and error are both null while it runs",
        "GET /user/did/task/1",
        shows=RUNS,
        before=did_task,
    ),
    Case("unknown ids: 404", f"GET /user/did/task/{ABSENT}", 404, is_error()),
    Case(
        "a task id above 500",
        f"GET /user/did/task/{TOO_LARGE}",
        500,
        is_error(),
    ),
    Case(
        "somebody else's: 404",
        "GET /user/did/task/1",
        404,
        is_error(),
        ORDINARY,
        before=did_task,
    ),
    Case("without a token 401", "GET /user/did/task/1", 401, is_error(), None),
)
def test_get_user_did_task(ask: Callable[[Case], None], case: Case) -> None:
    """`GET /user/did/task/{id}`."""
    ask(case)


@table(
    Case(
        "when work has started",
        "POST /asset/proof",
        shows=has(task_id=1, obj=None),
        sent=document(object_key_or_id=1, fax=1),
    ),
    Case(
        "by its key",
        "POST /asset/proof",
        shows=has(task_id=1),
        sent=document(object_key_or_id="1.csv"),
    ),
    Case(
        "when the proof exists",
        "POST /asset/proof",
        shows=lambda body: (
            body["task_id"] is None
            and body["obj"]["proof_id"] == "proof:example:1"
        ),
        sent=document(object_key_or_id=1),
        before=proven,
    ),
    Case(
        "unknown ids: 404",
        "POST /asset/proof",
        404,
        is_error(),
        sent=document(object_key_or_id=ABSENT),
    ),
    Case(
        "an object id above 500",
        "POST /asset/proof",
        500,
        is_error(),
        sent=document(object_key_or_id=TOO_LARGE),
    ),
    Case(
        "503 means that the trust service is not configured",
        "POST /asset/proof",
        503,
        is_error(),
        sent=document(object_key_or_id=ABSENT),
        before=no_trust,
    ),
    Case(
        "not allowed: 403",
        "POST /asset/proof",
        403,
        is_error(),
        ORDINARY,
        document(object_key_or_id=2),
    ),
    Case(
        "without a token 401",
        "POST /asset/proof",
        401,
        is_error(),
        None,
        document(object_key_or_id=1),
    ),
)
def test_post_asset_proof(ask: Callable[[Case], None], case: Case) -> None:
    """`POST /asset/proof`: work has started, or the proof exists."""
    ask(case)


@table(
    Case(
        "as for a DID task",
        "GET /asset/proof/task/1",
        shows=lambda body: "does not have a DID" in body["error"],
        before=proof_task,
    ),
    Case(
        "unknown ids: 404",
        f"GET /asset/proof/task/{ABSENT}",
        404,
        is_error(),
    ),
    Case(
        "a task id above 500",
        f"GET /asset/proof/task/{TOO_LARGE}",
        500,
        is_error(),
    ),
    Case(
        "without a token 401",
        "GET /asset/proof/task/1",
        401,
        is_error(),
        None,
    ),
)
def test_get_asset_proof_task(ask: Callable[[Case], None], case: Case) -> None:
    """`GET /asset/proof/task/{id}`: as for a DID task."""
    ask(case)


JOB_FIELDS = {
    "id",
    "job_type",
    "arguments",
    "results",
    "extended_results",
    "created_at",
    "finalised_at",
    "creator_username",
}


@table(
    Case(
        "an administrator reads any id; also has extended_results",
        "GET /job/1",
        shows=lambda body: (
            body.keys() == JOB_FIELDS
            and body["results"] is None
            and body["finalised_at"] is None
        ),
    ),
    Case("somebody else's: 404", "GET /job/1", 404, is_error(), ORDINARY),
    Case("unknown ids: 404", f"GET /job/{ABSENT}", 404, is_error()),
    Case("a job id above 500", f"GET /job/{TOO_LARGE}", 500, is_error()),
    Case("the largest id: 404", f"GET /job/{LARGEST_ID}", 404, is_error()),
    Case("one slash at its end: 404", "GET /job/1/", 404, is_error()),
    Case("two slashes at its end: 404", "GET /job/1//", 404, is_error()),
    Case("without a token 401", "GET /job/1", 401, is_error(), None),
    Case("an expired token 400", "GET /job/1", 400, is_error(), EXPIRED),
    Case(
        "everybody's requests fail",
        "GET /job/1",
        500,
        is_error(),
        before=full_pool,
    ),
)
def test_get_job(ask: Callable[[Case], None], case: Case) -> None:
    """`GET /job/{id}`: an administrator reads any id."""
    ask(case)


@table(
    Case("lists one's own jobs only", "GET /job", shows=lists("id", 2)),
    Case(
        "for an ordinary account too",
        "GET /job",
        200,
        lambda body: body == [],
        ORDINARY,
    ),
)
def test_get_jobs(ask: Callable[[Case], None], case: Case) -> None:
    """`GET /job` lists one's own jobs only."""
    ask(case)


@table(
    Case(
        "the job; the server sets finalised_at",
        "PATCH /job/1",
        shows=lambda body: body["results"] == RESULTS and body["finalised_at"],
        sent=document(results=RESULTS),
    ),
    Case(
        "extra fields are ignored with 200",
        "PATCH /job/1",
        shows=has(results=RESULTS, job_type="matrix_profile"),
        sent=document(results=RESULTS, job_type="fax"),
    ),
    Case(
        "administrators only: 403",
        "PATCH /job/1",
        403,
        is_error(),
        ORDINARY,
        document(results=RESULTS),
    ),
    Case("malformed 422", "PATCH /job/1", 422, is_error(), sent=document()),
    Case(
        "results that are no object 422",
        "PATCH /job/1",
        422,
        is_error(),
        sent=document(results=[]),
    ),
    Case(
        "unknown ids: 404",
        f"PATCH /job/{ABSENT}",
        404,
        is_error(),
        sent=document(results=RESULTS),
    ),
    Case(
        "a job id above 500",
        f"PATCH /job/{TOO_LARGE}",
        500,
        is_error(),
        sent=document(results=RESULTS),
    ),
    Case(
        "without a token 401",
        "PATCH /job/1",
        401,
        is_error(),
        None,
        document(results=RESULTS),
    ),
)
def test_patch_job(ask: Callable[[Case], None], case: Case) -> None:
    """`PATCH /job/{id}`: the job; administrators only."""
    ask(case)


def test_a_second_patch_replaces_results_and_moves_finalised_at(
    ask: Callable[[Case], None], double: PlatformApiDouble
) -> None:
    job = double.jobs[1]
    moments = []
    for results in ({"a": 1}, {"b": 2}):
        ask(Case("", "PATCH /job/1", sent=document(results=results)))
        moments.append(job.finalised_at)
    assert job.results == {"b": 2}
    assert moments[0] != moments[1]


def user(name: str) -> Mapping[str, Any]:
    """Ask for a user by name."""
    return asked(filters=f'[["username","eq","{name}"]]')


@table(
    Case(
        "shows trust_did to an administrator",
        "GET /user",
        shows=lambda body: (
            [row["trust_did"] for row in body] == ["did:example:1"]
        ),
        sent=user(CAROL),
        before=carols_did,
    ),
    Case(
        "a user that the platform does not have",
        "GET /user",
        shows=lambda body: body == [],
        sent=user("jim"),
    ),
    Case(
        "a name of digits alone: 500",
        "GET /user",
        500,
        is_error(),
        sent=user("42"),
    ),
    Case(
        "an ordinary account sees no other user",
        "GET /user",
        200,
        lambda body: body == [],
        ORDINARY,
        user("jane"),
        lambda double: double.trust.dids.update(jane="did:example:2"),
    ),
    Case("without a token 401", "GET /user", 401, is_error(), None),
)
def test_get_user(ask: Callable[[Case], None], case: Case) -> None:
    """`GET /user?filters=[["username","eq","carol"]]`."""
    ask(case)


def test_each_task_holds_one_of_fifteen_connections(
    ask: Callable[[Case], None], double: PlatformApiDouble
) -> None:
    double.trust.seconds = 3600
    double.pool_seconds = 0.05
    for number in range(15):
        ask(Case("", "GET /job/1"))
        double.trust.ask((Kind.DID, f"user-{number}"), "", USERNAME)
    ask(Case("", "GET /job/1", 500, is_error()))


def test_a_task_without_a_connection_stays_open_for_ever(
    ask: Callable[[Case], None], double: PlatformApiDouble
) -> None:
    double.trust.seconds = 3600
    double.pool_seconds = 0.05
    for number in range(16):
        double.trust.ask((Kind.DID, f"user-{number}"), "", USERNAME)
    double.trust.terminate()
    assert len(double.trust.dids) == 15
    ask(Case("", "GET /user/did/task/16", shows=has(finished_at=None)))


def test_sigterm_lets_open_tasks_end(
    ask: Callable[[Case], None], double: PlatformApiDouble
) -> None:
    did_task(double)
    double.trust.terminate()
    ask(
        Case(
            "",
            "GET /user/did/task/1",
            shows=lambda body: body["result"]["username"] == CAROL,
        )
    )


def test_sigkill_leaves_them_unfinished_for_ever(
    ask: Callable[[Case], None], double: PlatformApiDouble
) -> None:
    did_task(double)
    double.trust.restart()
    double.trust.terminate()
    ask(Case("", "GET /user/did/task/1", shows=RUNS))


def test_an_injected_fault_passes(
    ask: Callable[[Case], None], double: PlatformApiDouble
) -> None:
    double.statuses.append(503)
    ask(Case("", "GET /job/1", 503, is_error()))
    ask(Case("", "GET /job/1"))


def test_a_secret_is_not_in_the_doubles_text(platform: ServedPlatform) -> None:
    assert platform.double.password not in repr(platform.double)
