"""The job as a container runs it, against a real S3 server."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from local_services.object_store import (
    BUCKET,
    OUTPUT_BUCKET,
    object_store,
)
from steps.clients.object_store import (
    BucketSettings,
    ObjectPlace,
    ObjectStore,
)
from steps.contract.errors import ExitCode
from steps.matrix_profile.compute.settings import JobSettings
from tests.matrix_profile.compute.files import WEATHER

ROOT = Path(__file__).parents[3]
REPORT = ObjectPlace(OUTPUT_BUCKET, "matrixprofile-1.html")
SIGNED_SECONDS = 600
VARIABLE = "TemperatureC"


@dataclass(frozen=True)
class Store:
    """A running object store."""

    variables: Mapping[str, str]
    client: ObjectStore

    def presigned(self, content: bytes | Path, key: str) -> str:
        """Uploads an input file and signs its URL."""
        place = ObjectPlace(BUCKET, key)
        self.client.upload(content, place, "text/csv")
        return self.client.presigned_url(place, SIGNED_SECONDS)


@dataclass(frozen=True)
class Ended:
    """A job that has ended."""

    code: int
    log: str


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("store")
    with object_store(folder) as variables:
        lower = {name.lower(): value for name, value in variables.items()}
        settings = BucketSettings.model_validate(lower)
        yield Store(variables, ObjectStore(settings))


def run(store: Store, **changes: str) -> Ended:
    environment = {
        "PATH": os.environ["PATH"],
        **{
            name: value
            for name, value in store.variables.items()
            if not name.endswith("BUCKET_NAME")
        },
        "ANALYSIS_VARIABLE": VARIABLE,
        "OUTPUT_BUCKET": REPORT.bucket,
        "OUTPUT_KEY": REPORT.key,
        **changes,
    }
    ended = subprocess.run(
        [sys.executable, "-m", "steps.matrix_profile.compute"],
        env={name: value for name, value in environment.items() if value},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout + ended.stderr)


@pytest.fixture(scope="module")
def url(store: Store) -> str:
    return store.presigned(WEATHER, "weather13.csv")


@pytest.fixture(scope="module")
def progress(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("progress") / "progress"


@pytest.fixture(scope="module")
def done(store: Store, url: str, progress: Path) -> Ended:
    return run(store, FILE_URL=url, ARGO_PROGRESS_FILE=str(progress))


def test_job_is_done(done: Ended) -> None:
    assert done.code == ExitCode.DONE, done.log


def test_report_is_in_the_bucket(store: Store, done: Ended) -> None:
    assert done.code == ExitCode.DONE
    end = store.client.tail(REPORT, 100)
    assert end is not None
    assert end.endswith(b"</html>")


def test_progress_ends_with_all(done: Ended, progress: Path) -> None:
    assert done.code == ExitCode.DONE
    assert progress.read_text() == "100/100\n"


def test_secrets_and_signature_are_not_logged(
    store: Store, url: str, done: Ended
) -> None:
    assert store.variables["S3_SECRET_ACCESS_KEY"] not in done.log
    assert urlsplit(url).query not in done.log


def test_window_length_can_be_set(store: Store, url: str) -> None:
    ended = run(store, FILE_URL=url, WINDOW_LENGTH="144")
    assert "windows of 144" in ended.log


def test_empty_window_length_counts_as_unset(
    monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    for name, value in {
        **store.variables,
        "FILE_URL": "https://s3.example/a.csv",
        "ANALYSIS_VARIABLE": VARIABLE,
        "OUTPUT_BUCKET": REPORT.bucket,
        "OUTPUT_KEY": REPORT.key,
        "WINDOW_LENGTH": "",
    }.items():
        monkeypatch.setenv(name, value)
    assert JobSettings.load().window_length is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"time,TemperatureC\n2024-01-01,3\n", "1 usable numbers"),
        (b"<!doctype html><title>Sign in</title>", "HTML"),
        (b"time,load\n1,2\n", "Its columns are 'time', 'load'"),
        (b"time,TemperatureC\n" + b"2024-01-01,warm\n" * 99, "no numbers"),
    ],
)
def test_bad_file_is_explained_without_a_stack_trace(
    store: Store, content: bytes, words: str
) -> None:
    ended = run(store, FILE_URL=store.presigned(content, "bad.csv"))
    assert ended.code == ExitCode.BAD_DATA
    assert words in ended.log
    assert "Traceback" not in ended.log


def test_tampered_signature_is_bad_data(store: Store, url: str) -> None:
    ended = run(store, FILE_URL=url[:-4] + "0000")
    assert ended.code == ExitCode.BAD_DATA
    assert "expired" in ended.log


def test_absent_file_is_bad_data(store: Store) -> None:
    place = ObjectPlace(BUCKET, "absent.csv")
    absent = store.client.presigned_url(place, SIGNED_SECONDS)
    ended = run(store, FILE_URL=absent)
    assert ended.code == ExitCode.BAD_DATA
    assert "There is no file" in ended.log


def test_store_that_is_down_is_temporary(store: Store) -> None:
    ended = run(store, FILE_URL="http://127.0.0.1:1/a.csv")
    assert ended.code == ExitCode.TEMPORARY_FAILURE


def test_wrong_secret_key_is_bad_settings(store: Store, url: str) -> None:
    ended = run(store, FILE_URL=url, S3_SECRET_ACCESS_KEY="wrong")
    assert ended.code == ExitCode.BAD_SETTINGS
    assert "S3 refused access" in ended.log


def test_missing_setting_is_named(store: Store, url: str) -> None:
    ended = run(store, FILE_URL=url, OUTPUT_KEY="")
    assert ended.code == ExitCode.BAD_SETTINGS
    assert "OUTPUT_KEY: is missing" in ended.log


@pytest.mark.parametrize(
    "wrong", ["ftp://a/b", "file:///etc/passwd", "http://", "http://[::1"]
)
def test_url_that_cannot_be_fetched_is_bad_settings(
    store: Store, wrong: str
) -> None:
    ended = run(store, FILE_URL=wrong)
    assert ended.code == ExitCode.BAD_SETTINGS
    assert "FILE_URL" in ended.log


@pytest.mark.parametrize("length", ["3", "-1", "many"])
def test_window_length_that_is_none_is_bad_settings(
    store: Store, url: str, length: str
) -> None:
    ended = run(store, FILE_URL=url, WINDOW_LENGTH=length)
    assert ended.code == ExitCode.BAD_SETTINGS
    assert "WINDOW_LENGTH" in ended.log
