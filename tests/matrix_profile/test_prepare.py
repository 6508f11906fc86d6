"""A request is checked before anything is computed."""

from datetime import UTC, datetime

import httpx
import pytest

from moderate.local_run.kubelet import expand_references
from moderate.services.object_store import BUCKET, OUTPUT_BUCKET
from moderate.services.platform_api import PlatformJob
from moderate.services.process import LOOPBACK, free_port
from steps.clients.object_store import ObjectPlace
from steps.contract.errors import BadDataError, ExitCode
from steps.contract.wire import encode, escape_environment
from steps.matrix_profile.message import parse_message
from steps.matrix_profile.prepare import check_input, choose_image
from steps.matrix_profile.settings import MatrixProfileSettings
from tests.conftest import ServedPlatform, ServedStore
from tests.hostile import hostile, hostile_key
from tests.large_objects import (
    LARGEST_INPUT_BYTES,
    TWENTY_GIGABYTES,
    sparse_key,
)
from tests.matrix_profile.messages import GOOD_JOB_ID, message
from tests.step_process import RunStep, StepRun

NAME = "matrix-profile-prepare"
DEFAULT_IMAGE = "ghcr.io/moderate/matrix-profile:1.0.0"
DIGEST = "@sha256:" + "a" * 64
VALID_SECONDS = 1_234
CSV = "time,consumption\n2026-11-01,1\n"


def settings(
    *allowed: str, default: str = DEFAULT_IMAGE
) -> MatrixProfileSettings:
    """Make settings with allowed images."""
    return MatrixProfileSettings(
        matrix_profile_job_image=default,
        matrix_profile_allowed_images=allowed,
    )


def chosen(message_settings: MatrixProfileSettings, **fields: str) -> str:
    """Choose the image for a message."""
    return choose_image(parse_message(message(**fields)), message_settings)


def check(s3: ServedStore, key: str, bucket: str = BUCKET) -> None:
    """Check an input."""
    check_input(
        ObjectPlace(bucket, key), s3.store, BUCKET, LARGEST_INPUT_BYTES
    )


def run(
    step: RunStep, s3: ServedStore, body: str, **environment: str
) -> StepRun:
    """Run prepare as a process."""
    return step(
        NAME,
        f"--message={encode(body)}",
        f"--url_valid_seconds={VALID_SECONDS}",
        **{
            **s3.environment,
            "MATRIX_PROFILE_JOB_IMAGE": DEFAULT_IMAGE,
            **environment,
        },
    )


@pytest.fixture
def job(platform: ServedPlatform) -> PlatformJob:
    """The job that the messages are about, without results."""
    job = PlatformJob(id=GOOD_JOB_ID, arguments={})
    platform.double.jobs[job.id] = job
    return job


@pytest.fixture
def step(step: RunStep, platform: ServedPlatform, job: PlatformJob) -> RunStep:
    """Runs prepare as a process that reaches the platform."""
    assert job.results is None

    def run(*arguments: str, **environment: str) -> StepRun:
        return step(*arguments, **{**platform.environment, **environment})

    return run


def test_an_input_of_a_sane_size_is_accepted(
    s3: ServedStore, key: str
) -> None:
    s3.put(key, CSV)
    check(s3, key)


def test_an_absent_input_is_refused(s3: ServedStore, key: str) -> None:
    with pytest.raises(BadDataError, match=f"There is no object '{key}'"):
        check(s3, key)


def test_a_key_that_ends_as_a_folder_is_refused(
    s3: ServedStore, key: str
) -> None:
    s3.put(f"{key}/file", CSV)
    with pytest.raises(BadDataError, match="is a folder"):
        check(s3, f"{key}/")


def test_a_folder_is_no_input(s3: ServedStore, key: str) -> None:
    s3.put(f"{key}/file", CSV)
    with pytest.raises(BadDataError, match="There is no object"):
        check(s3, key)


def test_an_empty_input_is_refused(s3: ServedStore, key: str) -> None:
    s3.put(key, b"")
    with pytest.raises(BadDataError, match="is empty"):
        check(s3, key)


def test_an_input_of_20_gigabytes_is_refused(s3: ServedStore) -> None:
    with pytest.raises(BadDataError, match=r"has 21,474,836,480 bytes"):
        check(s3, sparse_key(TWENTY_GIGABYTES))


def test_the_largest_allowed_input_is_accepted(s3: ServedStore) -> None:
    check(s3, sparse_key(LARGEST_INPUT_BYTES))


def test_an_input_one_byte_larger_is_refused(s3: ServedStore) -> None:
    with pytest.raises(BadDataError, match="at most 2,147,483,648"):
        check(s3, sparse_key(LARGEST_INPUT_BYTES + 1))


@pytest.mark.parametrize("bucket", [OUTPUT_BUCKET, "other", "{{=1+1}}"])
def test_an_input_of_another_bucket_is_refused(
    s3: ServedStore, key: str, bucket: str
) -> None:
    with pytest.raises(BadDataError, match="is not the platform's"):
        check(s3, key, bucket)


def test_the_default_image_runs_without_a_wish() -> None:
    assert chosen(settings()) == DEFAULT_IMAGE


@pytest.mark.parametrize(
    ("allowed", "fields", "image"),
    [
        (
            (),
            {"image": "ghcr.io/moderate/matrix-profile", "tag": "1.0.0"},
            DEFAULT_IMAGE,
        ),
        ((), {"image": DEFAULT_IMAGE}, DEFAULT_IMAGE),
        ((), {"tag": "1.0.0"}, DEFAULT_IMAGE),
        (
            ("ghcr.io/moderate/*:2.*",),
            {"tag": "2.1"},
            "ghcr.io/moderate/matrix-profile:2.1",
        ),
        (
            ("ghcr.io/other/job:*",),
            {"image": "ghcr.io/other/job", "tag": "7"},
            "ghcr.io/other/job:7",
        ),
        (
            ("localhost:5000/job:*",),
            {"image": "localhost:5000/job:7"},
            "localhost:5000/job:7",
        ),
        (
            (f"ghcr.io/other/job{DIGEST}",),
            {"image": f"ghcr.io/other/job{DIGEST}"},
            f"ghcr.io/other/job{DIGEST}",
        ),
    ],
)
def test_an_allowed_image_is_honoured(
    allowed: tuple[str, ...], fields: dict[str, str], image: str
) -> None:
    assert chosen(settings(*allowed), **fields) == image


def test_a_tag_replaces_the_digest_of_the_default() -> None:
    default = f"ghcr.io/moderate/job:1{DIGEST}"
    with_tag = settings("ghcr.io/moderate/job:2", default=default)
    assert chosen(with_tag, tag="2") == "ghcr.io/moderate/job:2"


@pytest.mark.parametrize(
    ("allowed", "fields"),
    [
        ((), {"image": "evil.example.org/miner", "tag": "1"}),
        ((), {"image": "evil.example.org/miner:1"}),
        ((), {"tag": "2.0.0"}),
        ((), {"image": f"ghcr.io/moderate/matrix-profile{DIGEST}"}),
        (("ghcr.io/moderate/job:*",), {"image": "ghcr.io/moderate/job-x:1"}),
        (("ghcr.io/moderate/job:*",), {"image": "ghcr.io/moderate/job"}),
        (("ghcr.io/moderate/job:1",), {"image": "x/ghcr.io/moderate/job:1"}),
        (("ghcr.io/moderate/job:1",), {"image": "ghcr.io/moderate/job:11"}),
    ],
)
def test_an_image_off_the_list_is_refused(
    allowed: tuple[str, ...], fields: dict[str, str]
) -> None:
    with pytest.raises(BadDataError, match="MATRIX_PROFILE_ALLOWED_IMAGES"):
        chosen(settings(*allowed), **fields)


@pytest.mark.parametrize(
    "image",
    ["ghcr.io/moderate/job", "localhost:5000/job", "ghcr.io/moderate:1/job"],
)
def test_an_image_without_a_tag_is_refused(image: str) -> None:
    with pytest.raises(BadDataError, match="has no tag"):
        chosen(settings("*"), image=image)


@pytest.mark.parametrize("suffix", [":1", DIGEST])
def test_an_image_with_two_tags_is_refused(suffix: str) -> None:
    with pytest.raises(BadDataError, match="has a tag already"):
        chosen(settings("*"), image=f"ghcr.io/job{suffix}", tag="2")


def test_the_job_can_read_the_input_from_its_url(
    step: RunStep, s3: ServedStore, key: str
) -> None:
    s3.put(key, CSV)
    done = run(step, s3, message(key=key))
    url = expand_references(done.outputs["file_url"], {"LEFT_BRACE": "{"})
    assert httpx.get(url).text == CSV


@hostile_key
def test_an_input_may_be_called_anything(
    s3: ServedStore, key: str, hostile: str
) -> None:
    name = f"{key}/{hostile}"
    s3.put(name, CSV)
    check(s3, name)


def test_the_url_works_no_longer_than_asked(
    step: RunStep, s3: ServedStore, key: str
) -> None:
    s3.put(key, CSV)
    url = httpx.URL(run(step, s3, message(key=key)).outputs["file_url"])
    assert url.params["X-Amz-Expires"] == str(VALID_SECONDS)


def test_all_outputs_are_written(
    step: RunStep, s3: ServedStore, key: str
) -> None:
    s3.put(key, CSV)
    outputs = dict(run(step, s3, message(key=key)).outputs)
    del outputs["file_url"]
    assert outputs == {
        "needed": "true",
        "label": "job-42-consumption",
        "image": DEFAULT_IMAGE,
        "analysis_variable": "consumption",
        "output_bucket": OUTPUT_BUCKET,
    }


def test_neither_the_url_nor_a_secret_is_logged(
    step: RunStep, s3: ServedStore, key: str
) -> None:
    s3.put(key, CSV)
    done = run(step, s3, message(key=key))
    written = done.stdout + done.stderr
    assert "X-Amz" not in written
    assert s3.environment["S3_ACCESS_KEY_ID"] not in written
    assert s3.environment["S3_SECRET_ACCESS_KEY"] not in done.everything


@hostile
def test_a_hostile_variable_is_escaped_for_argo_and_the_kubelet(
    hostile: str,
) -> None:
    escaped = escape_environment(
        parse_message(message(analysis_variable=hostile)).analysis_variable
    )
    assert "{{" not in escaped
    assert expand_references(escaped, {"LEFT_BRACE": "{"}) == hostile


def test_a_hostile_variable_reaches_the_output_file_escaped(
    step: RunStep, s3: ServedStore, key: str
) -> None:
    name = "{{workflow.name}}\n{{=1+1}} \"q\" 'ñ' $(HOME) $$ \\n"
    s3.put(key, CSV)
    done = run(step, s3, message(key=key, analysis_variable=name))
    written = done.outputs["analysis_variable"]
    assert "{" not in written
    assert expand_references(written, {"LEFT_BRACE": "{"}) == name


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("not JSON", "not a valid request"),
        (message(key="nosuch.csv"), "There is no object 'nosuch.csv'"),
        (message(bucket="other"), "is not the platform's"),
        (message(image="evil/miner:1"), "is not allowed"),
        (message(key="{{=1+1}}\n{{workflow.name}}"), r"\\n{{workflow.name}}"),
    ],
    ids=["not JSON", "absent", "bucket", "image", "hostile"],
)
def test_bad_input_is_one_line_and_no_output(
    step: RunStep, s3: ServedStore, body: str, fault: str
) -> None:
    done = run(step, s3, body)
    errors = [line for line in done.stderr.splitlines() if " ERROR " in line]
    assert done.exit_code == ExitCode.BAD_DATA
    assert len(errors) == 1
    assert fault.replace("\\\\", "\\") in errors[0]
    assert not done.folder.exists()


def test_a_message_that_is_not_encoded_is_wrong_use(
    step: RunStep, s3: ServedStore
) -> None:
    done = step(
        NAME,
        "--message={{workflow.parameters.message}}",
        "--url_valid_seconds=1",
        **s3.environment,
    )
    assert done.exit_code == ExitCode.WRONG_USE


def test_a_message_that_is_no_utf_8_is_wrong_use(
    step: RunStep, s3: ServedStore
) -> None:
    done = step(
        NAME, "--message=_w==", "--url_valid_seconds=1", **s3.environment
    )
    assert done.exit_code == ExitCode.WRONG_USE
    assert "UTF-8" in done.stderr


def test_a_wrong_secret_key_is_told_without_naming_it(
    step: RunStep, s3: ServedStore, key: str
) -> None:
    done = run(step, s3, message(key=key), S3_SECRET_ACCESS_KEY="wr0ng-one")
    assert done.exit_code == ExitCode.BAD_SETTINGS
    assert "S3 refused access (403" in done.stderr
    assert "wr0ng-one" not in done.everything


def test_an_s3_that_is_down_is_a_temporary_failure(
    step: RunStep, s3: ServedStore, key: str
) -> None:
    url = f"http://{LOOPBACK}:{free_port()}"
    done = run(step, s3, message(key=key), S3_ENDPOINT_URL=url)
    assert done.exit_code == ExitCode.TEMPORARY_FAILURE
    assert s3.environment["S3_SECRET_ACCESS_KEY"] not in done.everything


def test_all_missing_settings_are_named_before_anything_happens(
    step: RunStep,
) -> None:
    done = step(
        NAME, f"--message={encode(message())}", "--url_valid_seconds=1"
    )
    assert done.exit_code == ExitCode.BAD_SETTINGS
    assert "S3_ENDPOINT_URL: is missing" in done.stderr
    assert "MATRIX_PROFILE_JOB_IMAGE: is missing" in done.stderr


def test_a_job_that_has_its_results_needs_nothing(
    step: RunStep, s3: ServedStore, job: PlatformJob
) -> None:
    job.finalised_at = datetime.now(UTC)
    done = run(step, s3, message(key="absent.csv"))
    assert (done.exit_code, done.outputs["needed"]) == (ExitCode.DONE, "false")


def test_a_job_that_the_platform_does_not_know_is_bad_data(
    step: RunStep, s3: ServedStore
) -> None:
    done = run(step, s3, message(workflow_job_id=10**9))
    assert done.exit_code == ExitCode.BAD_DATA
