"""Any publisher to the queue can write anything into a message."""

import json

import pytest

from steps.contract.errors import BadDataError
from steps.contract.platform_id import LARGEST_ID
from steps.matrix_profile.message import (
    job_id_of,
    parse_message,
)
from tests.hostile import CONTROLS, hostile
from tests.matrix_profile.messages import GOOD, message, message_without

REQUIRED = tuple(GOOD)
TEXTS = ("analysis_variable", "bucket", "key", "image", "tag")
NO_IDS = (True, False, 0, -1, LARGEST_ID + 1, 10**30, 1.5, 42.0, "42")
NO_OBJECTS = (
    "",
    " ",
    "nonsense",
    "null",
    "42",
    "[]",
    '"text"',
    "{",
    '{"workflow_job_id": 42',
    "{'workflow_job_id': 42}",
    "[" * 100_000,
    "\ufeff{}",
    '{"workflow_job_id": ' + "9" * 5_000 + "}",
)


def test_a_good_message_is_read() -> None:
    assert parse_message(message()).workflow_job_id == 42


def test_image_and_tag_are_optional() -> None:
    read = parse_message(message())
    assert (read.image, read.tag) == (None, None)


def test_image_and_tag_are_read() -> None:
    read = parse_message(message(image="ghcr.io/a/b", tag="1.0"))
    assert (read.image, read.tag) == ("ghcr.io/a/b", "1.0")


@pytest.mark.parametrize("text", NO_OBJECTS, ids=range(len(NO_OBJECTS)))
def test_what_is_no_json_object_is_refused(text: str) -> None:
    with pytest.raises(BadDataError, match="not a valid request"):
        parse_message(text)


@pytest.mark.parametrize("field", REQUIRED)
def test_a_missing_field_is_named(field: str) -> None:
    with pytest.raises(BadDataError, match=f"{field}: Field required"):
        parse_message(message_without(field))


def test_an_extra_field_is_named() -> None:
    with pytest.raises(BadDataError, match="command: Extra inputs"):
        parse_message(message(command="rm"))


@pytest.mark.parametrize("field", REQUIRED)
def test_a_field_of_null_is_named(field: str) -> None:
    with pytest.raises(BadDataError, match=f"{field}: "):
        parse_message(message(**{field: None}))


@pytest.mark.parametrize("field", TEXTS)
@pytest.mark.parametrize("value", [1, True, [], {}, ["a"]])
def test_a_text_of_another_type_is_named(field: str, value: object) -> None:
    with pytest.raises(BadDataError, match=f"{field}: "):
        parse_message(message(**{field: value}))


@pytest.mark.parametrize("field", TEXTS)
def test_an_empty_text_is_named(field: str) -> None:
    with pytest.raises(BadDataError, match=f"{field}: "):
        parse_message(message(**{field: ""}))


@pytest.mark.parametrize("job_id", NO_IDS)
def test_an_unusable_id_is_named(job_id: object) -> None:
    with pytest.raises(BadDataError, match="workflow_job_id: "):
        parse_message(message(workflow_job_id=job_id))


@pytest.mark.parametrize("job_id", [1, LARGEST_ID])
def test_the_smallest_and_the_largest_id_are_usable(job_id: int) -> None:
    read = parse_message(message(workflow_job_id=job_id))
    assert read.workflow_job_id == job_id


@pytest.mark.parametrize("control", CONTROLS.values(), ids=CONTROLS.keys())
def test_a_control_character_in_the_variable_is_refused(control: str) -> None:
    with pytest.raises(BadDataError, match=r"analysis_variable.*U\+00"):
        parse_message(message(analysis_variable=control))


def test_half_a_surrogate_pair_is_refused() -> None:
    text = message().replace("consumption", "\\ud800")
    with pytest.raises(BadDataError, match="not a valid request"):
        parse_message(text)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("analysis_variable", "x" * 1_001),
        ("bucket", "ab"),
        ("bucket", "x" * 64),
        ("key", "ñ" * 513),
        ("key", ".."),
        ("key", "../other/readings.csv"),
        ("key", "jane-assets/./readings.csv"),
        ("image", "-rm"),
        ("image", "Ghcr.io/a"),
        ("image", "a b"),
        ("image", "a\n"),
        ("image", "{{workflow.name}}"),
        ("image", "a/"),
        ("tag", "{{=1+1}}"),
        ("tag", "a/b"),
        ("tag", "1\n"),
        ("tag", "x" * 129),
        ("tag", ":1"),
    ],
)
def test_an_unusable_text_is_named(field: str, value: str) -> None:
    with pytest.raises(BadDataError, match=f"{field}: "):
        parse_message(message(**{field: value}))


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(BadDataError, match=r"workflow_job_id: .*key: "):
        parse_message(message(workflow_job_id=0, key=""))


def test_a_refused_value_is_not_repeated_in_the_error() -> None:
    with pytest.raises(BadDataError) as caught:
        parse_message(message(workflow_job_id="5ec3e7"))
    assert "5ec3e7" not in str(caught.value)


@hostile
def test_a_variable_may_be_called_anything(hostile: str) -> None:
    read = parse_message(message(analysis_variable=hostile))
    assert read.analysis_variable == hostile


@hostile
def test_a_key_may_be_called_anything(hostile: str) -> None:
    assert parse_message(message(key=hostile)).key == hostile


@pytest.mark.parametrize("length", [1, 1_000])
def test_a_variable_may_be_of_any_allowed_length(length: int) -> None:
    name = "ñ" * length
    read = parse_message(message(analysis_variable=name))
    assert read.analysis_variable == name


@pytest.mark.parametrize(
    "text",
    [
        '{"workflow_job_id": 42}',
        message(command="rm"),
        message(analysis_variable=7),
        json.dumps({"workflow_job_id": 42, "key": None}),
    ],
)
def test_an_invalid_message_may_still_name_its_job(text: str) -> None:
    assert job_id_of(text) == 42


@pytest.mark.parametrize("text", NO_OBJECTS, ids=range(len(NO_OBJECTS)))
def test_what_is_no_json_object_names_no_job(text: str) -> None:
    assert job_id_of(text) is None


@pytest.mark.parametrize("job_id", [*NO_IDS, None, [], {}])
def test_an_unusable_id_is_no_job(job_id: object) -> None:
    assert job_id_of(message(workflow_job_id=job_id)) is None
