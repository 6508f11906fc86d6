"""A job is always patched with how it ended, also after a failure."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from local_services.object_store import OUTPUT_BUCKET
from local_services.platform_api import PlatformJob
from local_services.process import LOOPBACK, free_port
from steps.clients.object_store import BucketSettings
from steps.clients.platform_api import connection
from steps.clients.platform_api_settings import PlatformApiSettings
from steps.contract.arguments import to_wire
from steps.contract.errors import (
    BadSettingsError,
    ExitCode,
    TemporaryError,
)
from steps.contract.wire import encode
from steps.matrix_profile.report import (
    LONGEST_LOG_BYTES,
    ReportInputs,
    report,
)
from tests.conftest import ServedPlatform, ServedStore
from tests.matrix_profile.messages import message, message_without
from tests.step_process import RunStep, StepRun

NAME = "matrix-profile-report"
ABSENT = 999_999
CONTAINER = "main: Error (exit code 1)"
TRACE = "Traceback (most recent call last):\n  File x\nValueError: oops"
DOWN: Mapping[str, str] = {
    "S3_ENDPOINT_URL": f"http://{LOOPBACK}:{free_port()}"
}


REFUSED: Mapping[str, str] = {"S3_SECRET_ACCESS_KEY": "wrong"}


@pytest.fixture
def job(platform: ServedPlatform) -> PlatformJob:
    """A job that waits for its results."""
    return platform.double.add_job(analysis_variable="consumption")


class Reporter:
    """Reports on a job, in this process or in one of its own."""

    def __init__(
        self, s3: ServedStore, platform: ServedPlatform, job: PlatformJob
    ) -> None:
        """Takes the services and the job."""
        self.s3 = s3
        self.platform = platform
        self.job = job
        self.workflow = f"matrix-profile-{job.id}"
        self.output_key = f"matrixprofile-{job.id}.html"

    def inputs(
        self, status: str, body: str = "", failures: object = None
    ) -> ReportInputs:
        """Write what Argo passes to the exit handler."""
        return ReportInputs(
            message=body or message(workflow_job_id=self.job.id),
            workflow=self.workflow,
            status=status,
            failures=json.dumps(json.dumps(failures)),
            output_key=self.output_key,
        )

    def succeed(self, **environment: str) -> dict[str, Any]:
        """Report a success."""
        return self.report(self.inputs("Succeeded"), **environment)

    def fail(
        self,
        *failures: Mapping[str, str],
        body: str = "",
        **environment: str,
    ) -> dict[str, Any]:
        """Report a failure."""
        inputs = self.inputs("Failed", body, list(failures) or None)
        return self.report(inputs, **environment)

    def failure(
        self, text: str = CONTAINER, name: str = "compute(0)"
    ) -> Mapping[str, str]:
        """Write a failed node as Argo does."""
        return {
            "displayName": name,
            "message": text,
            "templateName": "compute",
            "phase": "Failed",
            "podName": f"{self.workflow}-{name}",
            "finishedAt": "2026-11-01T00:00:00Z",
        }

    def archive(self, log: str | bytes, name: str = "compute(0)") -> None:
        """Archive a container's log as Argo does."""
        pod = f"{self.workflow}-{name}"
        key = f"workflow-logs/{self.workflow}/{pod}/main.log"
        self.s3.put(key, log, OUTPUT_BUCKET)

    def leave(self, page: str) -> None:
        """Leave a report in the output bucket as the job does."""
        self.s3.put(self.output_key, page, OUTPUT_BUCKET)

    def kept_log(self) -> bytes:
        """The log that was kept for the platform's web page."""
        key = f"logs/matrix-profile-job-{self.job.id}-{self.workflow}.log"
        return self.s3.get(key, OUTPUT_BUCKET)

    def report(
        self, inputs: ReportInputs, **environment: str
    ) -> dict[str, Any]:
        """Report how a workflow ended."""
        settings = BucketSettings.of({**self.s3.environment, **environment})
        outputs = report(inputs, s3=settings, api=self.platform.settings)
        assert outputs.results == self.job.results
        return outputs.results or {}


@pytest.fixture
def reporter(
    s3: ServedStore, platform: ServedPlatform, job: PlatformJob
) -> Reporter:
    """Reports on a job."""
    return Reporter(s3, platform, job)


@pytest.fixture
def secrets(s3: ServedStore, platform: ServedPlatform) -> list[str]:
    """All secrets of the settings."""
    return [
        s3.environment["S3_ACCESS_KEY_ID"],
        s3.environment["S3_SECRET_ACCESS_KEY"],
        platform.environment["API_PASSWORD"],
    ]


def arguments_of(inputs: ReportInputs) -> list[str]:
    """Write inputs as Argo does."""
    return [
        f"--{name}={to_wire(value, ReportInputs.model_fields[name])}"
        for name, value in inputs.model_dump(mode="json").items()
    ]


def run(step: RunStep, reporter: Reporter, inputs: ReportInputs) -> StepRun:
    """Run report as a process."""
    return step(
        NAME,
        *arguments_of(inputs),
        **reporter.s3.environment,
        **reporter.platform.environment,
    )


def test_a_success_names_thetell(reporter: Reporter) -> None:
    reporter.leave("<html>")
    assert reporter.succeed() == {
        "workflow_job_id": reporter.job.id,
        "output_bucket": OUTPUT_BUCKET,
        "output_key": reporter.output_key,
        "error": None,
        "error_logs_key": None,
    }


def test_a_success_without_a_report_is_an_error(reporter: Reporter) -> None:
    results = reporter.succeed()
    assert results["output_key"] is None
    assert "left no report" in results["error"]
    assert reporter.workflow in results["error"]


def test_a_success_with_an_empty_report_is_an_error(
    reporter: Reporter,
) -> None:
    reporter.leave("")
    assert "left no report" in reporter.succeed()["error"]


@pytest.mark.parametrize(
    ("log", "error"),
    [
        (f"starting\n{TRACE}\n", TRACE),
        ("starting\nERROR: no rows\nbye\n", "ERROR: no rows"),
        ("starting\nbye\n", "starting\nbye"),
    ],
    ids=["traceback", "error lines", "tail"],
)
def test_a_failure_is_explained_by_its_archived_log(
    reporter: Reporter, log: str, error: str
) -> None:
    reporter.archive(log)
    results = reporter.fail(reporter.failure())
    assert results["error"] == error
    assert results["output_key"] is None


def test_a_failure_without_a_log_is_a_plain_sentence(
    reporter: Reporter,
) -> None:
    results = reporter.fail(reporter.failure("Pod was evicted"))
    assert results["error"].startswith("The job failed without a log: Pod")
    assert results["error_logs_key"] is None


def test_a_container_that_wrote_nothing_is_explained_by_its_exit_code(
    reporter: Reporter,
) -> None:
    log = 'time="2026-11-01T00:00:00Z" level=info msg="x" argo=true\n'
    text = f"main: Error (exit code 137): {log}Error: exit status 137\n"
    assert reporter.fail(reporter.failure(text))["error"].startswith(
        "The job failed without a log: main: Error (exit code 137). An "
    )


def test_a_failure_that_argo_does_not_explain_is_a_plain_sentence(
    reporter: Reporter,
) -> None:
    error = reporter.fail()["error"]
    assert error.startswith("The job failed without a log.")


def test_without_an_archived_log_the_end_in_the_message_is_shown(
    reporter: Reporter,
) -> None:
    text = f"{CONTAINER}: starting\nERROR: no rows"
    results = reporter.fail(reporter.failure(text))
    assert results["error"] == "ERROR: no rows"
    assert reporter.kept_log() == b"starting\nERROR: no rows"


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (
            "Pod was active on the node longer than the specified deadline",
            "took longer than it may",
        ),
        ("main: OOMKilled (exit code 137)", "ran out of memory"),
        (
            "Pod failed before main container starts: ImagePullBackOff",
            "image could not be pulled",
        ),
    ],
    ids=["timeout", "out of memory", "image pull"],
)
def test_a_known_cause_is_reported(
    reporter: Reporter, text: str, cause: str
) -> None:
    assert cause in reporter.fail(reporter.failure(text))["error"]


def test_the_log_of_the_latest_try_is_shown(reporter: Reporter) -> None:
    tries = [f"compute({number})" for number in (0, 10, 2)]
    for name in tries:
        reporter.archive(f"ERROR in {name}\n", name)
    failures = [reporter.failure(name=name) for name in tries]
    assert reporter.fail(*failures)["error"] == "ERROR in compute(10)"


def test_the_failed_containers_log_is_kept(reporter: Reporter) -> None:
    reporter.archive("starting\nERROR: ñ\n")
    results = reporter.fail(reporter.failure())
    assert results["error_logs_key"] == (
        f"logs/matrix-profile-job-{reporter.job.id}-{reporter.workflow}.log"
    )
    assert reporter.kept_log().decode() == "starting\nERROR: ñ\n"


def test_of_a_long_log_the_last_5_megabytes_are_kept(
    reporter: Reporter,
) -> None:
    line = b"x" * 99 + b"\n"
    reporter.archive(b"START" + line * 60_000 + b"END")
    reporter.fail(reporter.failure())
    kept = reporter.kept_log()
    assert LONGEST_LOG_BYTES - 2 * len(line) < len(kept) <= LONGEST_LOG_BYTES
    assert kept.endswith(b"\nEND")


def test_of_a_long_log_no_line_is_kept_in_part(
    reporter: Reporter, secrets: list[str]
) -> None:
    secret = secrets[1].encode()
    rest = b"x" * (LONGEST_LOG_BYTES - len(secret))
    reporter.archive(secret + b"\n" + rest)
    reporter.fail(reporter.failure())
    assert reporter.kept_log() == rest


def test_a_log_that_is_no_text_is_kept(reporter: Reporter) -> None:
    reporter.archive(b"\xff\xfe ERROR \x00\n")
    assert "ERROR" in reporter.fail(reporter.failure())["error"]


def test_a_success_that_s3_refuses_to_show_is_reported(
    reporter: Reporter,
) -> None:
    reporter.leave("<html>")
    results = reporter.succeed(**REFUSED)
    assert "its report cannot be seen: S3 refused" in results["error"]


def test_a_failure_is_reported_without_any_settings_of_s3(
    step: RunStep, reporter: Reporter
) -> None:
    text = f"{CONTAINER}: ERROR S3_REGION: is missing"
    inputs = reporter.inputs("Failed", failures=[reporter.failure(text)])
    run = step(
        NAME,
        *arguments_of(inputs),
        **reporter.platform.environment,
    )
    assert run.exit_code == ExitCode.DONE
    assert reporter.job.results is not None
    assert reporter.job.results["error"] == "ERROR S3_REGION: is missing"


def test_unknown_failures_are_reported(
    reporter: Reporter,
) -> None:
    inputs = reporter.inputs("Failed")
    results = reporter.report(
        inputs.model_copy(update={"failures": "not what Argo writes"})
    )
    assert "failed without a log" in results["error"]


def test_a_failure_is_reported_while_s3_is_down(reporter: Reporter) -> None:
    text = f"{CONTAINER}: ERROR: no rows"
    results = reporter.fail(reporter.failure(text), **DOWN)
    assert results["error"] == "ERROR: no rows"
    assert results["error_logs_key"] is None


def test_a_failure_is_reported_while_s3_refuses_access(
    reporter: Reporter,
) -> None:
    text = f"{CONTAINER}: ERROR: no rows"
    wrong = {"S3_SECRET_ACCESS_KEY": "wr0ng-one"}
    results = reporter.fail(reporter.failure(text), **wrong)
    assert results["error"] == "ERROR: no rows"


def test_secrets_in_a_foreign_log_are_redacted(
    reporter: Reporter, secrets: list[str]
) -> None:
    url = "https://s3/b/k?X-Amz-Credential=AK&X-Amz-Signature=5ec3e7&x=1"
    reporter.archive(f"ERROR {' '.join(secrets)} {url}\n")
    error = reporter.fail(reporter.failure())["error"]
    kept = reporter.kept_log().decode()
    for secret in [*secrets, "5ec3e7", "=AK"]:
        assert secret not in error
        assert secret not in kept


def test_secrets_in_a_message_are_redacted_before_it_is_shortened(
    reporter: Reporter,
) -> None:
    signature = "5ec3e7" * 350
    text = f"Pod was evicted from ?X-Amz-Signature={signature}&x=1"
    assert "5ec3e7" not in reporter.fail(reporter.failure(text))["error"]


@pytest.mark.parametrize("end", ["x" * 10_000, "ERROR ñ\n" * 5_000])
def test_an_error_is_at_most_2000_characters(
    reporter: Reporter, end: str
) -> None:
    reporter.archive(end)
    assert len(reporter.fail(reporter.failure())["error"]) <= 2_000


@pytest.mark.parametrize("field", ["analysis_variable", "bucket", "key"])
def test_an_invalid_message_with_a_usable_id_is_reported(
    reporter: Reporter, field: str
) -> None:
    whole = json.loads(message(workflow_job_id=reporter.job.id))
    del whole[field]
    text = (
        "main: Error (exit code 65): 2026-11-01 00:00:00,000 ERROR The "
        f"message is not a valid request: {field}: Field required."
    )
    results = reporter.fail(
        reporter.failure(text, "prepare(0)"), body=json.dumps(whole)
    )
    assert results["error"] == (
        f"The message is not a valid request: {field}: Field required."
    )


@pytest.mark.parametrize(
    "body", ["nonsense", message_without("workflow_job_id")]
)
def test_a_message_without_an_id_ends_well_and_patches_no_job(
    step: RunStep, reporter: Reporter, body: str
) -> None:
    done = run(step, reporter, reporter.inputs("Failed", body))
    assert done.exit_code == ExitCode.DONE
    assert done.outputs == {"results": "null"}
    assert reporter.platform.double.requests == []


def test_running_twice_changes_nothing(reporter: Reporter) -> None:
    first = reporter.fail(reporter.failure("Pod was evicted"))
    finalised_at = reporter.job.finalised_at
    reporter.leave("<html>")
    assert reporter.succeed() == first
    assert reporter.job.reports == 1
    assert reporter.job.finalised_at == finalised_at


def test_a_job_that_is_run_again_gets_its_new_results(
    reporter: Reporter,
) -> None:
    reporter.fail(reporter.failure("Pod was evicted"))
    reporter.leave("<html>")
    anew = reporter.inputs("Succeeded").model_copy(update={"again": True})
    assert reporter.report(anew)["output_key"] == reporter.output_key
    assert reporter.job.reports == 2


def test_a_job_that_is_run_again_is_reported_once_more_and_not_twice(
    reporter: Reporter,
) -> None:
    reporter.fail(reporter.failure("Pod was evicted"))
    reporter.leave("<html>")
    anew = reporter.inputs("Succeeded").model_copy(update={"again": True})
    reporter.report(anew)
    reporter.report(anew)
    assert reporter.job.reports == 2


def test_an_absent_job_is_bad_data(step: RunStep, reporter: Reporter) -> None:
    inputs = reporter.inputs("Failed", message(workflow_job_id=ABSENT))
    assert run(step, reporter, inputs).exit_code == ExitCode.BAD_DATA


def test_a_success_waits_for_an_s3_that_is_down(
    reporter: Reporter,
) -> None:
    settings = BucketSettings.of({**reporter.s3.environment, **DOWN})
    with pytest.raises(TemporaryError, match="S3 did not answer"):
        report(
            reporter.inputs("Succeeded"),
            s3=settings,
            api=reporter.platform.settings,
        )
    assert reporter.job.reports == 0


def test_a_report_waits_for_an_api_that_fails_and_is_delivered_then(
    step: RunStep, reporter: Reporter
) -> None:
    inputs = reporter.inputs("Failed")
    reporter.platform.double.fail(503, seconds=60)
    failed = run(step, reporter, inputs)
    reporter.platform.double.failing = None
    done = run(step, reporter, inputs)
    assert failed.exit_code == ExitCode.TEMPORARY_FAILURE
    assert done.exit_code == ExitCode.DONE
    assert reporter.job.reports == 1


def test_an_expired_token_is_renewed(
    step: RunStep, reporter: Reporter
) -> None:
    reporter.platform.double.statuses.append(401)
    done = run(step, reporter, reporter.inputs("Failed"))
    assert (done.exit_code, reporter.job.reports) == (ExitCode.DONE, 1)


def test_the_results_are_the_output(step: RunStep, reporter: Reporter) -> None:
    done = run(step, reporter, reporter.inputs("Failed"))
    assert json.loads(done.outputs["results"]) == reporter.job.results


def test_nothing_that_is_written_holds_a_secret(
    step: RunStep, reporter: Reporter, secrets: list[str]
) -> None:
    reporter.archive(f"ERROR {' '.join(secrets)}\n")
    inputs = reporter.inputs("Failed", failures=[reporter.failure()])
    done = run(step, reporter, inputs)
    (token,) = reporter.platform.double.tokens
    assert done.exit_code == ExitCode.DONE
    for secret in [*secrets, token]:
        assert secret not in done.everything


def test_a_refused_sign_in_is_reported_without_the_password(
    reporter: Reporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "SIGN_IN_SECONDS", 0.1)
    wrong = {**reporter.platform.environment, "API_PASSWORD": "wr0ng-one"}
    with pytest.raises(BadSettingsError, match="Check API_USERNAME") as caught:
        report(
            reporter.inputs("Failed"),
            s3=reporter.s3.settings,
            api=PlatformApiSettings.of(wrong),
        )
    assert "wr0ng-one" not in str(caught.value)


def test_the_message_travels_encoded(reporter: Reporter) -> None:
    body = message(analysis_variable="{{=1+1}}")
    document = reporter.inputs("Failed", body).model_dump(mode="json")
    assert document["message"] == encode(body)
