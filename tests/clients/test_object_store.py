"""The object store client, against a real S3 server and broken ones."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from local_services.object_store import OUTPUT_BUCKET
from local_services.process import LOOPBACK, free_port
from steps.clients.object_store import (
    BucketSettings,
    ObjectPlace,
    ObjectStore,
)
from steps.contract.errors import (
    BadSettingsError,
    ModerateError,
    TemporaryError,
)
from tests.conftest import ServedStore
from tests.hostile import hostile, hostile_key
from tests.servers import answering, web_server

TEXT = "text/plain"
QUICK_SECONDS = 0.2
SECRET = "5ec3e7-s3cr3t"
XML_ERROR = b"<Error><Code>Broken</Code><Message>oops</Message></Error>"

Use = Callable[[ObjectStore, ObjectPlace], None]


def look(store: ObjectStore, place: ObjectPlace) -> None:
    """Ask for an object's size."""
    store.size(place)


def read(store: ObjectStore, place: ObjectPlace) -> None:
    """Read an object's end."""
    store.tail(place, 5)


def write_bytes(store: ObjectStore, place: ObjectPlace) -> None:
    """Upload bytes."""
    store.upload(b"x", place, TEXT)


def write_file(store: ObjectStore, place: ObjectPlace) -> None:
    """Upload a file."""
    store.upload(Path(__file__), place, TEXT)


every_use = pytest.mark.parametrize(
    "use", [look, read, write_bytes, write_file]
)


def settings_for(s3: ServedStore, **changes: object) -> BucketSettings:
    """Change some settings."""
    return s3.settings.model_copy(update=changes)


def quick(s3: ServedStore, **changes: object) -> ObjectStore:
    """Make an impatient client."""
    return ObjectStore(
        settings_for(s3, **changes), read_timeout_seconds=QUICK_SECONDS
    )


def test_the_size_of_an_object_is_returned(
    s3: ServedStore, place: ObjectPlace
) -> None:
    s3.store.upload(b"12345", place, TEXT)
    assert s3.store.size(place) == 5


def test_an_empty_object_has_size_zero(
    s3: ServedStore, place: ObjectPlace
) -> None:
    s3.store.upload(b"", place, TEXT)
    assert s3.store.size(place) == 0


def test_an_absent_object_has_no_size(
    s3: ServedStore, place: ObjectPlace
) -> None:
    assert s3.store.size(place) is None


def test_an_upload_replaces_an_object(
    s3: ServedStore, place: ObjectPlace
) -> None:
    s3.store.upload(b"first", place, TEXT)
    s3.store.upload(b"second", place, TEXT)
    assert s3.get(place.key, place.bucket) == b"second"


def test_a_file_is_uploaded(
    s3: ServedStore, place: ObjectPlace, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    file.write_bytes(b"x" * 100_000)
    s3.store.upload(file, place, "text/html")
    assert s3.get(place.key, place.bucket) == file.read_bytes()


@pytest.mark.parametrize(
    ("limit", "end"),
    [(3, b"345"), (5, b"12345"), (6, b"12345"), (1, b"5")],
)
def test_the_tail_is_the_end_of_an_object(
    s3: ServedStore, place: ObjectPlace, limit: int, end: bytes
) -> None:
    s3.store.upload(b"12345", place, TEXT)
    assert s3.store.tail(place, limit) == end


def test_the_tail_of_an_empty_object_is_empty(
    s3: ServedStore, place: ObjectPlace
) -> None:
    s3.store.upload(b"", place, TEXT)
    assert s3.store.tail(place, 5) == b""


def test_an_absent_object_has_no_tail(
    s3: ServedStore, place: ObjectPlace
) -> None:
    assert s3.store.tail(place, 5) is None


def test_a_presigned_url_reads_the_object(
    s3: ServedStore, place: ObjectPlace
) -> None:
    s3.store.upload(b"12345", place, TEXT)
    url = s3.store.presigned_url(place, 60)
    assert httpx.get(url).content == b"12345"


@hostile
def test_a_presigned_url_names_an_object_of_any_name(
    s3: ServedStore, hostile: str
) -> None:
    url = s3.store.presigned_url(ObjectPlace(OUTPUT_BUCKET, hostile), 60)
    assert unquote(urlsplit(url).path) == f"/{OUTPUT_BUCKET}/{hostile}"


@hostile_key
def test_a_presigned_url_reads_an_object_of_any_name(
    s3: ServedStore, key: str, hostile: str
) -> None:
    place = ObjectPlace(OUTPUT_BUCKET, f"{key}/{hostile}")
    s3.put(place.key, b"12345", place.bucket)
    url = s3.store.presigned_url(place, 60)
    assert httpx.get(url).content == b"12345"


def test_a_presigned_url_works_for_the_asked_time(
    s3: ServedStore, place: ObjectPlace
) -> None:
    url = httpx.URL(s3.store.presigned_url(place, 4_321))
    assert url.params["X-Amz-Expires"] == "4321"


def test_a_presigned_url_without_its_signature_is_refused(
    s3: ServedStore, place: ObjectPlace
) -> None:
    s3.store.upload(b"12345", place, TEXT)
    url = httpx.URL(s3.store.presigned_url(place, 60))
    unsigned = url.copy_set_param("X-Amz-Signature", "0" * 64)
    assert httpx.get(unsigned).status_code == 403


@every_use
def test_a_wrong_secret_key_is_a_matter_of_settings(
    s3: ServedStore, place: ObjectPlace, use: Use
) -> None:
    store = quick(s3, s3_secret_access_key=SecretStr(SECRET))
    with pytest.raises(BadSettingsError, match="Check S3_ACCESS_KEY_ID"):
        use(store, place)


@pytest.mark.parametrize("use", [write_bytes, write_file])
def test_a_bucket_that_is_not_there_is_a_matter_of_settings(
    s3: ServedStore, key: str, use: Use
) -> None:
    with pytest.raises(BadSettingsError, match="no such bucket"):
        use(s3.store, ObjectPlace("nosuch-bucket", key))


@every_use
def test_a_malformed_bucket_name_is_a_matter_of_settings(
    s3: ServedStore, key: str, use: Use
) -> None:
    with pytest.raises(BadSettingsError, match="Invalid bucket name"):
        use(s3.store, ObjectPlace("no bucket", key))


@every_use
@pytest.mark.parametrize("status", [500, 503])
def test_an_error_of_the_store_is_worth_repeating(
    s3: ServedStore, place: ObjectPlace, use: Use, status: int
) -> None:
    with web_server(answering(status, XML_ERROR)) as url:
        store = quick(s3, s3_endpoint_url=url)
        with pytest.raises(TemporaryError, match=f"S3 answered {status}"):
            use(store, place)


@every_use
def test_a_silent_store_is_worth_repeating(
    s3: ServedStore, place: ObjectPlace, use: Use, silent_url: str
) -> None:
    store = quick(s3, s3_endpoint_url=silent_url)
    with pytest.raises(TemporaryError, match="Check S3_ENDPOINT_URL"):
        use(store, place)


@every_use
def test_a_refused_connection_is_worth_repeating(
    s3: ServedStore, place: ObjectPlace, use: Use
) -> None:
    url = f"http://{LOOPBACK}:{free_port()}"
    store = quick(s3, s3_endpoint_url=url)
    with pytest.raises(TemporaryError, match="Check S3_ENDPOINT_URL"):
        use(store, place)


@pytest.mark.parametrize("status", [403, 500])
@every_use
def test_an_error_names_the_object_but_no_secret(
    s3: ServedStore, place: ObjectPlace, use: Use, status: int
) -> None:
    with web_server(answering(status)) as url:
        store = quick(
            s3, s3_endpoint_url=url, s3_secret_access_key=SecretStr(SECRET)
        )
        with pytest.raises(ModerateError) as caught:
            use(store, place)
    assert place.key in str(caught.value)
    assert SECRET not in str(caught.value)


def test_a_place_is_written_on_one_line() -> None:
    assert str(ObjectPlace("b", "a\nñ")) == r"'s3://b/a\nñ'"
