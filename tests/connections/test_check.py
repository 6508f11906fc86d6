"""The connections check, against real services and broken ones."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from local_services.platform_api import Role
from local_services.process import LOOPBACK, free_port
from local_services.rabbitmq import RabbitBroker
from steps.contract.errors import ExitCode
from tests.conftest import ServedPlatform, ServedStore
from tests.servers import answering, web_server
from tests.step_process import RunStep, StepRun

STEP = "check-connections"
WRONG = "wr0ng-5ec3e7"


def connection(run: StepRun, service: str) -> Mapping[str, Any]:
    """Read what a check found out about a service."""
    found = json.loads(run.outputs["connections"])
    return next(item for item in found if item["service"] == service)


def line(run: StepRun, service: str) -> str:
    """Read the line of a service in the log."""
    return next(
        text for text in run.stderr.splitlines() if f" {service}: " in text
    )


def nowhere() -> str:
    """Return a URL without a listener."""
    return f"http://{LOOPBACK}:{free_port()}"


def test_nothing_configured_is_no_fault(step: RunStep) -> None:
    assert step(STEP).exit_code == ExitCode.DONE


@pytest.mark.parametrize("service", ["platform-api", "rabbitmq", "s3"])
def test_a_service_that_is_not_set_up_is_reported(
    step: RunStep, service: str
) -> None:
    assert "not configured, and not required" in line(step(STEP), service)


def test_a_default_alone_does_not_configure_a_service(step: RunStep) -> None:
    run = step(STEP, S3_JOB_OUTPUTS_BUCKET_NAME="outputs")
    assert not connection(run, "s3")["configured"]


def test_a_required_service_that_is_not_set_up_is_a_fault(
    step: RunStep,
) -> None:
    run = step(STEP, '--required=["s3"]')
    assert run.exit_code == ExitCode.BAD_SETTINGS
    assert "S3_ENDPOINT_URL" in line(run, "s3")


def test_settings_that_are_not_complete_are_a_fault(step: RunStep) -> None:
    run = step(STEP, API_BASE_URL="https://api.example.org")
    assert run.exit_code == ExitCode.BAD_SETTINGS
    assert "API_PASSWORD" in line(run, "platform-api")


def test_an_unknown_service_is_wrong_use(step: RunStep) -> None:
    run = step(STEP, '--required=["fax"]')
    assert run.exit_code == ExitCode.WRONG_USE


def test_every_service_is_looked_at_after_one_has_failed(
    step: RunStep,
) -> None:
    run = step(STEP, '--required=["platform-api", "s3"]')
    assert "API_BASE_URL" in line(run, "platform-api")
    assert "S3_ENDPOINT_URL" in line(run, "s3")


@pytest.mark.services
def test_a_platform_that_answers_is_listed_with_its_time(
    step: RunStep, platform: ServedPlatform
) -> None:
    run = step(STEP, **platform.environment)
    assert connection(run, "platform-api")["seconds"] > 0


@pytest.mark.services
def test_a_store_that_answers_is_listed_with_its_time(
    step: RunStep, s3: ServedStore
) -> None:
    run = step(STEP, **s3.environment)
    assert connection(run, "s3")["seconds"] > 0


@pytest.mark.services
def test_a_broker_that_answers_is_listed_with_its_time(
    step: RunStep, broker: RabbitBroker
) -> None:
    run = step(STEP, **broker.settings)
    assert connection(run, "rabbitmq")["seconds"] > 0


@pytest.mark.services
@pytest.mark.parametrize(
    ("right", "wrong"), [("moderate:", f"{WRONG}:"), ("/%2F", "/elsewhere")]
)
def test_a_broker_that_refuses_names_the_setting(
    step: RunStep, broker: RabbitBroker, right: str, wrong: str
) -> None:
    url = broker.settings["RABBIT_URL"].replace(right, wrong)
    run = step(STEP, RABBIT_URL=url)
    assert run.exit_code == ExitCode.BAD_SETTINGS
    assert "of RABBIT_URL" in line(run, "rabbitmq")


@pytest.mark.services
def test_the_password_of_a_broker_is_not_shown(
    step: RunStep, broker: RabbitBroker
) -> None:
    run = step(STEP, RABBIT_URL=broker.settings["RABBIT_URL"] + "elsewhere")
    assert broker.password not in run.everything


def test_a_broker_that_is_down_is_temporary(step: RunStep) -> None:
    run = step(
        STEP, RABBIT_URL=f"amqp://jane:{WRONG}@{LOOPBACK}:{free_port()}"
    )
    assert run.exit_code == ExitCode.TEMPORARY_FAILURE


def test_what_is_not_the_url_of_a_broker_is_a_fault_of_settings(
    step: RunStep,
) -> None:
    run = step(STEP, RABBIT_URL="amqp://jane@[half/%2F")
    assert run.exit_code == ExitCode.BAD_SETTINGS


@pytest.mark.services
def test_a_refused_password_names_the_setting(
    step: RunStep, platform: ServedPlatform
) -> None:
    run = step(STEP, **{**platform.environment, "API_PASSWORD": WRONG})
    assert run.exit_code == ExitCode.BAD_SETTINGS
    assert "Check API_USERNAME and API_PASSWORD" in line(run, "platform-api")


AWAY = "has no answer from Keycloak"
REFUSED = "'workflows' or its password is refused"
NO_RIGHTS = "signed in, but has no rights"
NO_TRUST = "has no trust service"


@pytest.mark.services
@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        ("wrong password", ExitCode.BAD_SETTINGS, REFUSED),
        ("no role", ExitCode.BAD_SETTINGS, NO_RIGHTS),
        ("no administrator", ExitCode.BAD_SETTINGS, NO_RIGHTS),
        ("keycloak", ExitCode.TEMPORARY_FAILURE, AWAY),
        ("trust", ExitCode.BAD_SETTINGS, NO_TRUST),
    ],
)
def test_the_faults_of_the_platform_are_distinguished(
    step: RunStep,
    platform: ServedPlatform,
    fault: str,
    code: ExitCode,
    words: str,
) -> None:
    environment = dict(platform.environment)
    double = platform.double
    if fault == "wrong password":
        environment["API_PASSWORD"] = WRONG
    elif fault == "no role":
        double.roles[environment["API_USERNAME"]] = Role.NONE
    elif fault == "no administrator":
        double.roles[environment["API_USERNAME"]] = Role.ORDINARY
    elif fault == "keycloak":
        double.keycloak_seconds = double.keycloak_limit_seconds = 0.01
    else:
        double.trust.configured = False
    run = step(STEP, **environment)
    assert run.exit_code == code
    found = line(run, "platform-api")
    assert words in found
    assert not [
        other
        for other in {AWAY, REFUSED, NO_RIGHTS, NO_TRUST} - {words}
        if other in found
    ]


@pytest.mark.services
def test_the_check_changes_nothing_on_the_platform(
    step: RunStep, platform: ServedPlatform
) -> None:
    job = platform.double.add_job()
    assert step(STEP, **platform.environment).exit_code == ExitCode.DONE
    assert (job.results, platform.double.trust.tasks) == (None, {})


@pytest.mark.services
def test_a_refused_key_names_the_setting(
    step: RunStep, s3: ServedStore
) -> None:
    run = step(STEP, **{**s3.environment, "S3_SECRET_ACCESS_KEY": WRONG})
    assert run.exit_code == ExitCode.BAD_SETTINGS
    assert "S3_SECRET_ACCESS_KEY" in line(run, "s3")


@pytest.mark.services
@pytest.mark.parametrize(
    "variable", ["S3_BUCKET_NAME", "S3_JOB_OUTPUTS_BUCKET_NAME"]
)
def test_a_bucket_that_is_not_there_is_named(
    step: RunStep, s3: ServedStore, variable: str
) -> None:
    run = step(STEP, **{**s3.environment, variable: "no-such-bucket"})
    assert run.exit_code == ExitCode.BAD_SETTINGS
    assert "'no-such-bucket'" in line(run, "s3")


@pytest.mark.services
def test_a_store_that_is_down_is_temporary(
    step: RunStep, s3: ServedStore
) -> None:
    run = step(STEP, **{**s3.environment, "S3_ENDPOINT_URL": nowhere()})
    assert run.exit_code == ExitCode.TEMPORARY_FAILURE


@pytest.mark.services
def test_a_platform_that_is_down_is_temporary(
    step: RunStep, platform: ServedPlatform
) -> None:
    run = step(STEP, **{**platform.environment, "API_BASE_URL": nowhere()})
    assert run.exit_code == ExitCode.TEMPORARY_FAILURE


@pytest.mark.services
def test_permanent_failures_outweigh_temporary_ones(
    step: RunStep, platform: ServedPlatform
) -> None:
    run = step(
        STEP,
        '--required=["s3"]',
        **{**platform.environment, "API_BASE_URL": nowhere()},
    )
    assert run.exit_code == ExitCode.BAD_SETTINGS


@pytest.mark.services
def test_a_wrong_url_that_answers_is_a_fault_of_settings(
    step: RunStep, platform: ServedPlatform
) -> None:
    with web_server(answering(404, b"nothing here")) as url:
        run = step(STEP, **{**platform.environment, "API_BASE_URL": url})
    assert run.exit_code == ExitCode.BAD_SETTINGS


@pytest.mark.services
@pytest.mark.parametrize("status", [401, 500])
def test_no_secret_is_shown_of_a_service_that_repeats_it(
    step: RunStep, platform: ServedPlatform, status: int
) -> None:
    password = platform.environment["API_PASSWORD"]
    with web_server(answering(status, password.encode())) as url:
        run = step(STEP, **{**platform.environment, "API_BASE_URL": url})
    assert password not in run.everything
