"""Assets and uploads, against the double and a real S3 server behind it."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from local_services.platform_api import Role, UploadBucket, UploadFault
from local_services.platform_api.assets import MOST_OBJECTS
from local_services.platform_api.assets import NewAsset as AssetBody
from steps.clients.platform_api import ATTEMPTS, PlatformApi, RefusedError
from steps.clients.platform_api.assets import (
    Asset,
    NewAsset,
    ensure_asset,
    find_asset,
)
from steps.clients.platform_api.stored_objects import (
    change_tags,
    objects_of,
    remove_object,
)
from steps.clients.platform_api.uploads import Upload, upload_object
from steps.contract.errors import BadDataError, TemporaryError
from tests.conftest import ServedPlatform, ServedStore

pytestmark = pytest.mark.services

CONTENT = b"timestamp,kWh\n2016-01-01 00:00:00,1.5\n" * 50_000


@pytest.fixture
def api(platform: ServedPlatform, s3: ServedStore) -> Iterator[PlatformApi]:
    """A connection to a platform that stores what is uploaded."""
    platform.double.assets.clear()
    platform.double.assets.upload_bucket = UploadBucket(s3.environment)
    with PlatformApi(platform.settings, longest_pause_seconds=0) as api:
        yield api


@pytest.fixture
def asset(api: PlatformApi) -> Asset:
    """An asset without objects."""
    return ensure_asset(api, new_asset())


@pytest.fixture
def upload(tmp_path: Path) -> Upload:
    """A file to upload."""
    file = tmp_path / "file"
    file.write_bytes(CONTENT)
    return Upload(
        file=file,
        file_name="weather-weather.csv",
        media_type="text/csv",
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        series_id="weather-weather-csv",
        tags={"commit_sha": "a1"},
        name="weather",
        description="The weather.",
    )


def new_asset(uuid: UUID | None = None) -> NewAsset:
    """Describe an asset."""
    return NewAsset(uuid=uuid or uuid4(), name="x", description="y")


def body(new: NewAsset, **changes: object) -> AssetBody:
    """Make the body of a request of it."""
    return AssetBody.model_validate({**new.model_dump(), **changes})


def fail(platform: ServedPlatform, *faults: UploadFault) -> None:
    """Make the next uploads fail."""
    platform.double.assets.faults.extend(faults)


def test_an_asset_is_created_when_absent(api: PlatformApi) -> None:
    new = new_asset()
    created = ensure_asset(api, new)
    assert find_asset(api, new.uuid) == created


def test_an_asset_is_public_and_nobodys(
    api: PlatformApi, asset: Asset, platform: ServedPlatform
) -> None:
    del api
    stored = platform.double.assets.assets[asset.id]
    assert (stored.access_level, stored.username) == ("public", None)


def test_an_asset_is_created_once(
    api: PlatformApi, platform: ServedPlatform
) -> None:
    new = new_asset()
    assert ensure_asset(api, new) == ensure_asset(api, new)
    assert len(platform.double.assets.assets) == 1


def test_an_asset_that_is_not_there_is_none(api: PlatformApi) -> None:
    assert find_asset(api, uuid4()) is None


def test_an_asset_that_another_run_creates_meanwhile_is_found(
    api: PlatformApi,
    platform: ServedPlatform,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    new = new_asset()
    assets = platform.double.assets

    class Meanwhile(list[str]):
        """Creates the asset just before the request to create it."""

        def append(self, request: str) -> None:
            if request == "POST /asset":
                assets.create(body(new))

    monkeypatch.setattr(platform.double, "requests", Meanwhile())
    assert ensure_asset(api, new).uuid == new.uuid
    assert len(assets.assets) == 1


def test_an_asset_that_is_hidden_is_named(
    api: PlatformApi, platform: ServedPlatform
) -> None:
    new = new_asset()
    hidden = body(new, access_level="private", is_public_ownerless=False)
    platform.double.assets.create(hidden, "jane")
    platform.double.roles[api.account] = Role.ORDINARY
    with pytest.raises(BadDataError, match="does not show it"):
        ensure_asset(api, new)


def test_uploaded_bytes_are_read_back(
    api: PlatformApi, asset: Asset, upload: Upload, s3: ServedStore
) -> None:
    stored = upload_object(api, asset.id, upload)
    assert stored.key is not None
    assert s3.get(stored.key) == CONTENT


def test_a_key_is_made_of_the_account_and_the_file_name(
    api: PlatformApi, asset: Asset, upload: Upload
) -> None:
    stored = upload_object(api, asset.id, upload)
    assert stored.key is not None
    assert stored.key.startswith("workflows-assets/weather-weather-")
    assert stored.key.endswith(".csv")


def test_an_object_is_listed_with_its_tags(
    api: PlatformApi, asset: Asset, upload: Upload
) -> None:
    stored = upload_object(api, asset.id, upload)
    assert objects_of(api, asset.id) == [stored]
    assert stored.series_id == upload.series_id
    assert stored.tags == upload.tags
    assert stored.sha256_hash == upload.sha256


def test_objects_are_listed_from_the_oldest(
    api: PlatformApi, asset: Asset, upload: Upload
) -> None:
    for number in range(3):
        upload_object(api, asset.id, replace(upload, series_id=str(number)))
    listed = objects_of(api, asset.id)
    assert [stored.series_id for stored in listed] == ["0", "1", "2"]


def test_objects_of_another_asset_are_not_listed(
    api: PlatformApi, asset: Asset, upload: Upload
) -> None:
    upload_object(api, ensure_asset(api, new_asset()).id, upload)
    assert objects_of(api, asset.id) == []


def test_tags_are_replaced(
    api: PlatformApi, asset: Asset, upload: Upload
) -> None:
    stored = upload_object(api, asset.id, upload)
    change_tags(api, asset.id, stored.id, {"commit_sha": "b2"})
    (changed,) = objects_of(api, asset.id)
    assert changed.tags == {"commit_sha": "b2"}


def test_a_removed_object_is_gone_and_its_file_stays(
    api: PlatformApi, asset: Asset, upload: Upload, s3: ServedStore
) -> None:
    stored = upload_object(api, asset.id, upload)
    remove_object(api, asset.id, stored.id)
    assert objects_of(api, asset.id) == []
    assert s3.get(str(stored.key)) == CONTENT


def test_an_object_that_is_gone_is_removed_again(
    api: PlatformApi, asset: Asset
) -> None:
    remove_object(api, asset.id, 7)


@pytest.mark.parametrize(
    "fault", [UploadFault.BROKEN, UploadFault.CUT, UploadFault.ANSWER_LOST]
)
def test_a_failed_upload_is_repeated_without_a_double(
    api: PlatformApi,
    asset: Asset,
    upload: Upload,
    platform: ServedPlatform,
    fault: UploadFault,
) -> None:
    fail(platform, fault)
    stored = upload_object(api, asset.id, upload)
    assert objects_of(api, asset.id) == [stored]


@pytest.mark.parametrize(
    "fault", [UploadFault.BROKEN, UploadFault.CUT, UploadFault.DAMAGED]
)
def test_an_upload_that_fails_every_time_is_given_up(
    api: PlatformApi,
    asset: Asset,
    upload: Upload,
    platform: ServedPlatform,
    fault: UploadFault,
) -> None:
    fail(platform, *[fault] * ATTEMPTS)
    with pytest.raises(TemporaryError):
        upload_object(api, asset.id, upload)
    assert objects_of(api, asset.id) == []


def test_a_file_that_is_too_large_is_reported_and_not_repeated(
    api: PlatformApi, asset: Asset, upload: Upload, platform: ServedPlatform
) -> None:
    fail(platform, UploadFault.TOO_LARGE)
    with pytest.raises(BadDataError, match=f"no file of {len(CONTENT):,} byt"):
        upload_object(api, asset.id, upload)
    assert not platform.double.assets.faults


def test_a_damaged_upload_is_removed_and_sent_again(
    api: PlatformApi, asset: Asset, upload: Upload, platform: ServedPlatform
) -> None:
    fail(platform, UploadFault.DAMAGED)
    upload_object(api, asset.id, upload)
    (stored,) = objects_of(api, asset.id)
    assert stored.sha256_hash == upload.sha256


def test_an_expired_token_is_renewed_for_an_upload(
    api: PlatformApi, asset: Asset, upload: Upload, platform: ServedPlatform
) -> None:
    platform.double.tokens.clear()
    assert upload_object(api, asset.id, upload).sha256_hash == upload.sha256


def test_a_full_asset_takes_nothing(
    api: PlatformApi, asset: Asset, upload: Upload, platform: ServedPlatform
) -> None:
    for _ in range(MOST_OBJECTS):
        platform.double.add_object("x", "y").asset_id = asset.id
    with pytest.raises(RefusedError, match="cannot upload more than 100"):
        upload_object(api, asset.id, upload)
