"""A file's size does not show in the memory of the step that uploads it."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from moderate.services.platform_api import Shelf
from steps.clients.platform_api import PlatformApi
from steps.clients.platform_api.assets import NewAsset, ensure_asset
from steps.dataset_from_git.names import asset_uuid
from tests.conftest import ServedPlatform, ServedStore
from tests.step_process import ROOT

pytestmark = pytest.mark.services

FILE_BYTES = 120 * 1024**2
CHUNK = b"0123456789abcdef" * 65_536
MOST_BYTES = 100 * 1024**2
UPLOAD = """\
import json, re, sys
from pathlib import Path
from steps.clients.platform_api import PlatformApi
from steps.clients.platform_api.uploads import Upload, upload_object
from steps.clients.platform_api_settings import PlatformApiSettings

asset_id, upload = json.loads(sys.argv[1])
upload["file"] = Path(upload["file"])
with PlatformApi(PlatformApiSettings.load()) as api:
    upload_object(api, asset_id, Upload(**upload))
status = Path("/proc/self/status").read_text()
print(1024 * int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]))
"""


def test_an_upload_streams(
    platform: ServedPlatform, s3: ServedStore, tmp_path: Path
) -> None:
    platform.double.assets.clear()
    platform.double.assets.shelf = Shelf(s3.environment)
    file = tmp_path / "file"
    digest = hashlib.sha256()
    with file.open("wb") as content:
        for _ in range(FILE_BYTES // len(CHUNK)):
            content.write(CHUNK)
            digest.update(CHUNK)
    with PlatformApi(platform.settings) as api:
        uuid = asset_uuid(str(platform.settings.api_base_url), "large")
        new = NewAsset(uuid=uuid, name="large", description="")
        asset = ensure_asset(api, new)
    upload = {
        "file": str(file),
        "file_name": "large.csv",
        "media_type": "text/csv",
        "sha256": digest.hexdigest(),
        "series_id": "large-csv",
        "tags": {},
        "name": "large",
        "description": "",
    }
    done = subprocess.run(
        [sys.executable, "-c", UPLOAD, json.dumps([asset.id, upload])],
        cwd=ROOT,
        env=dict(platform.environment),
        capture_output=True,
        text=True,
        check=True,
    )
    (stored,) = (
        one for one in platform.double.objects.values() if one.asset_id
    )
    assert stored.sha256_hash == digest.hexdigest()
    assert int(done.stdout) < MOST_BYTES, done.stdout
