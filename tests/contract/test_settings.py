"""The variables of each service are the contract with the platform."""

from collections.abc import Mapping

import pytest

from steps.clients.object_store import BucketSettings, S3Settings
from steps.clients.platform_api_settings import PlatformApiSettings
from steps.contract.errors import BadSettingsError
from steps.contract.process import load_settings
from steps.contract.settings import ServiceSettings
from steps.matrix_profile.compute.settings import JobSettings
from steps.matrix_profile.settings import MatrixProfileSettings
from steps.relay.settings import RabbitSettings

S3 = {
    "S3_ACCESS_KEY_ID": "AK",
    "S3_SECRET_ACCESS_KEY": "5ec3e7",
    "S3_REGION": "europe-west1",
    "S3_ENDPOINT_URL": "https://s3.example.org",
}
BUCKETS = {
    **S3,
    "S3_BUCKET_NAME": "moderate",
    "S3_JOB_OUTPUTS_BUCKET_NAME": "outputs",
}
API = {
    "API_BASE_URL": "https://api.example.org",
    "API_USERNAME": "workflows",
    "API_PASSWORD": "5ec3e7",
}
MATRIX_PROFILE = {
    "MATRIX_PROFILE_JOB_IMAGE": "example.org/job:1",
    "MATRIX_PROFILE_JOB_COMMAND": "/job",
    "MATRIX_PROFILE_ALLOWED_IMAGES": "example.org/*:1, b:*",
    "MATRIX_PROFILE_LARGEST_INPUT_BYTES": "5",
}
JOB = {
    **S3,
    "FILE_URL": "https://s3.example.org/k?X-Amz-Signature=5ec3e7",
    "ANALYSIS_VARIABLE": "consumption",
    "OUTPUT_BUCKET": "outputs",
    "OUTPUT_KEY": "matrixprofile-1.html",
    "WINDOW_LENGTH": "96",
    "WHERE": "meter=A",
}
RABBIT = {
    "RABBIT_URL": "amqp://workflows:5ec3e7@localhost/",
    "MATRIX_PROFILE_QUEUE": "matrix_profile",
}
ALL = [
    (S3Settings, S3),
    (BucketSettings, BUCKETS),
    (PlatformApiSettings, API),
    (MatrixProfileSettings, MATRIX_PROFILE),
    (JobSettings, JOB),
    (RabbitSettings, RABBIT),
]
SECRETS = {
    "API_PASSWORD",
    "FILE_URL",
    "RABBIT_URL",
    "S3_ACCESS_KEY_ID",
    "S3_SECRET_ACCESS_KEY",
}

every_kind = pytest.mark.parametrize(("kind", "variables"), ALL)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment without any of the variables."""
    for _, variables in ALL:
        for variable in variables:
            monkeypatch.delenv(variable, raising=False)
    return monkeypatch


def put(environment: pytest.MonkeyPatch, variables: Mapping[str, str]) -> None:
    """Set variables."""
    for name, value in variables.items():
        environment.setenv(name, value)


@every_kind
def test_the_variables_are_those_of_the_platform(
    kind: type[ServiceSettings], variables: Mapping[str, str]
) -> None:
    assert kind.variables().keys() == variables.keys()


@every_kind
def test_the_settings_are_read_from_the_environment(
    kind: type[ServiceSettings],
    variables: Mapping[str, str],
    environment: pytest.MonkeyPatch,
) -> None:
    put(environment, variables)
    assert kind.load()


@every_kind
def test_credentials_are_secrets_and_nothing_else_is(
    kind: type[ServiceSettings], variables: Mapping[str, str]
) -> None:
    secrets = {name for name in variables if kind.is_secret(name)}
    assert secrets == SECRETS.intersection(variables)


@every_kind
def test_each_variable_has_a_description_and_an_example(
    kind: type[ServiceSettings], variables: Mapping[str, str]
) -> None:
    fields = kind.variables()
    assert all(
        fields[name].description and fields[name].examples
        for name in variables
    )


@every_kind
def test_each_example_is_valid(
    kind: type[ServiceSettings],
    variables: Mapping[str, str],
    environment: pytest.MonkeyPatch,
) -> None:
    fields = kind.variables()
    put(
        environment,
        {name: str((fields[name].examples or [])[0]) for name in variables},
    )
    assert kind.load()


@every_kind
def test_settings_show_no_secret(
    kind: type[ServiceSettings],
    variables: Mapping[str, str],
    environment: pytest.MonkeyPatch,
) -> None:
    put(environment, variables)
    assert "5ec3e7" not in repr(kind.load())


@pytest.mark.parametrize(
    ("kind", "variable", "value"),
    [
        (S3Settings, "S3_ENDPOINT_URL", "s3.example.org"),
        (S3Settings, "S3_REGION", "europe west"),
        (PlatformApiSettings, "API_BASE_URL", "ftp://api.example.org"),
        (MatrixProfileSettings, "MATRIX_PROFILE_JOB_IMAGE", "no-tag"),
        (MatrixProfileSettings, "MATRIX_PROFILE_LARGEST_INPUT_BYTES", "0"),
        (MatrixProfileSettings, "MATRIX_PROFILE_LARGEST_INPUT_BYTES", "2G"),
    ],
)
def test_a_malformed_variable_is_named(
    kind: type[ServiceSettings],
    variable: str,
    value: str,
    environment: pytest.MonkeyPatch,
) -> None:
    put(environment, {**BUCKETS, **API, **MATRIX_PROFILE, variable: value})
    with pytest.raises(BadSettingsError, match=variable):
        kind.load()


def test_the_outputs_bucket_has_a_default(
    environment: pytest.MonkeyPatch,
) -> None:
    put(environment, {**BUCKETS, "S3_JOB_OUTPUTS_BUCKET_NAME": ""})
    settings = BucketSettings.load()
    assert settings.s3_job_outputs_bucket_name == "moderate-output-bucket"


def test_no_further_images_are_allowed_by_default(
    environment: pytest.MonkeyPatch,
) -> None:
    put(environment, {"MATRIX_PROFILE_JOB_IMAGE": "example.org/job:1"})
    assert MatrixProfileSettings.load().matrix_profile_allowed_images == ()


def test_allowed_images_are_separated_by_commas(
    environment: pytest.MonkeyPatch,
) -> None:
    put(environment, MATRIX_PROFILE)
    allowed = MatrixProfileSettings.load().matrix_profile_allowed_images
    assert allowed == ("example.org/*:1", "b:*")


def test_an_optional_service_gives_its_fault_in_place_of_its_settings(
    environment: pytest.MonkeyPatch,
) -> None:
    put(environment, API)
    loaded = load_settings(
        {"api": PlatformApiSettings, "s3": S3Settings},
        optional_settings={"s3"},
    )
    assert isinstance(loaded["api"], PlatformApiSettings)
    assert "S3_ENDPOINT_URL" in str(loaded["s3"])


@pytest.mark.usefixtures("environment")
def test_a_service_that_is_not_optional_is_needed() -> None:
    with pytest.raises(BadSettingsError, match="API_BASE_URL"):
        load_settings(
            {"api": PlatformApiSettings, "s3": S3Settings},
            optional_settings={"s3"},
        )
