"""A request is checked before anything is computed."""

from datetime import UTC, datetime

import httpx
import pytest
from pydantic import ValidationError

from argo_offline.run.container import expand_references
from local_services.object_store import BUCKET, OUTPUT_BUCKET
from local_services.process import LOOPBACK, free_port
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
from tests.matrix_profile.messages import message
from tests.step_process import RunStep, StepRun

NAME = "matrix-profile-prepare"
DEFAULT_IMAGE = "ghcr.io/moderate/matrix-profile:1.0.0"
DIGEST = "@sha256:" + "a" * 64
VALID_SECONDS = 1_234
ABSENT = 999_999
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
    return choose_image(
        parse_message(message(**fields)), message_settings
    ).image


def check(s3: ServedStore, key: str, bucket: str = BUCKET) -> None:
    """Check an input."""
    check_input(
        ObjectPlace(bucket, key), s3.store, BUCKET, LARGEST_INPUT_BYTES
    )


class Preparer:
    """Runs prepare as a process, for a job of its own."""

    def __init__(
        self, step: RunStep, s3: ServedStore, platform: ServedPlatform
    ) -> None:
        """Takes the services and makes the job."""
        self._step = step
        self.s3 = s3
        self.platform = platform
        self.job = platform.double.add_job()

    def message(self, **fields: object) -> str:
        """Write the job's message."""
        return message(workflow_job_id=self.job.id, **fields)

    def __call__(
        self, body: str, *arguments: str, **environment: str
    ) -> StepRun:
        """Run prepare on a message's body."""
        return self._step(
            NAME,
            f"--message={encode(body)}",
            f"--url_valid_seconds={VALID_SECONDS}",
            *arguments,
            **{
                **self.s3.environment,
                **self.platform.environment,
                "MATRIX_PROFILE_JOB_IMAGE": DEFAULT_IMAGE,
                **environment,
            },
        )

    def on(self, key: str, **fields: object) -> StepRun:
        """Run prepare on an object that is there."""
        self.s3.put(key, CSV)
        return self(self.message(key=key, **fields))


@pytest.fixture
def prepared(
    step: RunStep, s3: ServedStore, platform: ServedPlatform
) -> Preparer:
    """Runs prepare as a process."""
    return Preparer(step, s3, platform)


def test_an_input_within_the_size_limit_is_accepted(
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


def test_the_default_image_runs_without_a_choice() -> None:
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
    ("fields", "command"),
    [
        ({}, ("python", "-m", "steps.matrix_profile.compute")),
        ({"tag": "2"}, ("python", "-m", "steps.matrix_profile.compute")),
        ({"image": "ghcr.io/other/job:7"}, ("/job", "--of", "a building")),
    ],
)
def test_an_image_has_the_command_of_its_settings(
    fields: dict[str, str], command: tuple[str, ...]
) -> None:
    allowed = settings("*:2", "ghcr.io/other/*=/job --of 'a building'")
    image = choose_image(parse_message(message(**fields)), allowed)
    assert image.command == command


@pytest.mark.parametrize("entry", ["job:1=", "job:1='", "job:1=run {{x}}"])
def test_what_is_no_command_is_refused(entry: str) -> None:
    with pytest.raises(ValidationError, match="is not a command"):
        settings(entry)


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
    prepared: Preparer, key: str
) -> None:
    written = prepared.on(key).outputs["file_url"]
    url = expand_references(written, {"LEFT_BRACE": "{"})
    assert httpx.get(url).text == CSV


@hostile_key
def test_an_input_may_be_called_anything(
    s3: ServedStore, key: str, hostile: str
) -> None:
    name = f"{key}/{hostile}"
    s3.put(name, CSV)
    check(s3, name)


def test_the_url_works_no_longer_than_asked(
    prepared: Preparer, key: str
) -> None:
    url = httpx.URL(prepared.on(key).outputs["file_url"])
    assert url.params["X-Amz-Expires"] == str(VALID_SECONDS)


def test_all_outputs_are_written(prepared: Preparer, key: str) -> None:
    outputs = dict(prepared.on(key).outputs)
    del outputs["file_url"]
    assert outputs == {
        "needed": "true",
        "label": f"job-{prepared.job.id}-consumption",
        "image": DEFAULT_IMAGE,
        "command": '["python", "-m", "steps.matrix_profile.compute"]',
        "analysis_variable": "consumption",
        "output_bucket": OUTPUT_BUCKET,
        "where": "",
    }


def test_a_job_that_has_its_results_needs_nothing(
    prepared: Preparer,
) -> None:
    prepared.job.finalised_at = datetime.now(UTC)
    done = prepared(prepared.message(key="absent.csv"))
    assert done.exit_code == ExitCode.DONE
    assert done.outputs["needed"] == "false"
    assert done.outputs["file_url"] == ""


def test_a_job_that_has_its_results_is_computed_anew_when_asked(
    prepared: Preparer, key: str
) -> None:
    prepared.job.finalised_at = datetime.now(UTC)
    prepared.s3.put(key, CSV)
    done = prepared(prepared.message(key=key), "--again=true")
    assert done.outputs["needed"] == "true"


def test_a_job_that_the_platform_does_not_have_is_bad_data(
    prepared: Preparer,
) -> None:
    done = prepared(message(workflow_job_id=ABSENT))
    assert done.exit_code == ExitCode.BAD_DATA
    assert f"404 to GET /job/{ABSENT}" in done.stderr


def test_neither_the_url_nor_a_secret_is_logged(
    prepared: Preparer, key: str
) -> None:
    done = prepared.on(key)
    written = done.stdout + done.stderr
    assert "X-Amz" not in written
    assert prepared.s3.environment["S3_ACCESS_KEY_ID"] not in written
    for secret in (
        prepared.s3.environment["S3_SECRET_ACCESS_KEY"],
        prepared.platform.environment["API_PASSWORD"],
        *prepared.platform.double.tokens,
    ):
        assert secret not in done.everything


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
    prepared: Preparer, key: str
) -> None:
    name = "{{workflow.name}}\n{{=1+1}} \"q\" 'ñ' $(HOME) $$ \\n"
    written = prepared.on(key, analysis_variable=name).outputs
    escaped = written["analysis_variable"]
    assert "{" not in escaped
    assert expand_references(escaped, {"LEFT_BRACE": "{"}) == name


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"extra": 1}, "not a valid request"),
        ({"key": "nosuch.csv"}, "There is no object 'nosuch.csv'"),
        ({"bucket": "other"}, "is not the platform's"),
        ({"image": "evil/miner:1"}, "is not allowed"),
        ({"key": "{{=1+1}}\n{{workflow.name}}"}, r"\n{{workflow.name}}"),
    ],
    ids=["extra field", "absent", "bucket", "image", "hostile"],
)
def test_bad_input_is_one_line_and_no_output(
    prepared: Preparer, fields: dict[str, object], fault: str
) -> None:
    done = prepared(prepared.message(**fields))
    (error,) = [
        line for line in done.stderr.splitlines() if "INFO" not in line
    ]
    assert done.exit_code == ExitCode.BAD_DATA
    assert fault in error
    assert not done.folder.exists()


def test_a_body_that_is_not_json_is_bad_data(prepared: Preparer) -> None:
    done = prepared("not JSON")
    assert done.exit_code == ExitCode.BAD_DATA
    assert "not a valid request" in done.stderr


def test_a_message_that_argo_has_not_replaced_is_wrong_use(
    step: RunStep, s3: ServedStore
) -> None:
    done = step(
        NAME,
        "--message=b64:{{workflow.parameters.message}}",
        "--url_valid_seconds=1",
        **s3.environment,
    )
    assert done.exit_code == ExitCode.WRONG_USE


def test_a_message_that_is_no_utf_8_is_wrong_use(
    step: RunStep, s3: ServedStore
) -> None:
    done = step(
        NAME, "--message=b64:_w==", "--url_valid_seconds=1", **s3.environment
    )
    assert done.exit_code == ExitCode.WRONG_USE
    assert "UTF-8" in done.stderr


def test_a_wrong_secret_key_is_reported_without_its_value(
    prepared: Preparer, key: str
) -> None:
    body = prepared.message(key=key)
    done = prepared(body, S3_SECRET_ACCESS_KEY="wr0ng-one")
    assert done.exit_code == ExitCode.BAD_SETTINGS
    assert "S3 refused access (403" in done.stderr
    assert "wr0ng-one" not in done.everything


def test_an_s3_that_is_down_is_a_temporary_failure(
    prepared: Preparer, key: str
) -> None:
    url = f"http://{LOOPBACK}:{free_port()}"
    done = prepared(prepared.message(key=key), S3_ENDPOINT_URL=url)
    secret = prepared.s3.environment["S3_SECRET_ACCESS_KEY"]
    assert done.exit_code == ExitCode.TEMPORARY_FAILURE
    assert secret not in done.everything


def test_all_missing_settings_are_named_before_anything_happens(
    step: RunStep,
) -> None:
    done = step(
        NAME, f"--message={encode(message())}", "--url_valid_seconds=1"
    )
    assert done.exit_code == ExitCode.BAD_SETTINGS
    assert "S3_ENDPOINT_URL: is missing" in done.stderr
    assert "MATRIX_PROFILE_JOB_IMAGE: is missing" in done.stderr
