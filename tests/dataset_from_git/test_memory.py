"""A file's size does not show in the memory of the step that handles it."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from local_services.platform_api import UploadBucket
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
import json, sys
from pathlib import Path
from steps.clients.platform_api import PlatformApi
from steps.clients.platform_api.uploads import Upload, upload_object
from steps.clients.platform_api_settings import PlatformApiSettings

asset_id, upload = json.loads(sys.argv[1])
upload["file"] = Path(upload["file"])
with PlatformApi(PlatformApiSettings.load()) as api:
    upload_object(api, asset_id, Upload(**upload))
"""
CONVERT = """\
import sys
from pathlib import Path
from steps.dataset_from_git.convert.convert import convert
from steps.dataset_from_git.convert.reading_rules import ReadingRules

source = Path(sys.argv[1])
outputs = source.with_suffix(".parquet"), source.with_suffix(".made")
convert(source, ReadingRules(), *outputs)
"""
PRINT_PEAK = """
import re
status = Path("/proc/self/status").read_text()
print(1024 * int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]))
"""
SMALLER_ROWS, LARGER_ROWS = 40_000, 120_000
COLUMNS = 300
MOST_GROWTH_BYTES = 32 * 1024**2


def peak_of(script: str, *arguments: str, **environment: str) -> int:
    """Runs a script in a process of its own.

    Returns:
        The most memory that it held, in bytes.
    """
    done = subprocess.run(
        [sys.executable, "-c", script + PRINT_PEAK, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


def test_an_upload_streams(
    platform: ServedPlatform, s3: ServedStore, tmp_path: Path
) -> None:
    platform.double.assets.clear()
    platform.double.assets.upload_bucket = UploadBucket(s3.environment)
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
    peak = peak_of(
        UPLOAD, json.dumps([asset.id, upload]), **platform.environment
    )
    (stored,) = (
        one for one in platform.double.objects.values() if one.asset_id
    )
    assert stored.sha256_hash == digest.hexdigest()
    assert peak < MOST_BYTES


def test_a_conversion_streams(tmp_path: Path) -> None:
    peaks = []
    for rows in (SMALLER_ROWS, LARGER_ROWS):
        source = tmp_path / f"{rows}.csv"
        with source.open("w") as text:
            text.write(",".join(f"meter {i}" for i in range(COLUMNS)) + "\n")
            for row in range(rows):
                cell = f"{row}.25,"
                text.write(cell * (COLUMNS - 1) + "0.5\n")
        peaks.append(peak_of(CONVERT, str(source)))
    smaller, larger = peaks
    assert larger - smaller < MOST_GROWTH_BYTES
