"""Values travel in a form that Argo cannot read anything into."""

import base64
import re

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from argo_offline.run.container import expand_references
from steps.contract.wire import (
    LABEL_LENGTH,
    LEFT_BRACE_VARIABLE,
    MARK,
    Encoded,
    EnvironmentText,
    decode,
    encode,
    escape_environment,
    label_for,
)
from tests.hostile import every_text

VARIABLES = {LEFT_BRACE_VARIABLE: "{", "HOME": "/root", "A": "b"}


class Carrier(BaseModel):
    """A model with a text from outside."""

    text: Encoded


class Environment(BaseModel):
    """A model with a text for a foreign container."""

    text: EnvironmentText


@every_text
def test_any_text_survives_encoding_and_decoding(text: str) -> None:
    assert decode(encode(text)) == text


@every_text
def test_the_encoded_form_is_plain_ascii_without_braces(text: str) -> None:
    assert re.fullmatch(r"b64:[A-Za-z0-9_=-]*", encode(text))


@every_text
def test_standard_base64_is_read_too(text: str) -> None:
    assert decode(MARK + base64.b64encode(text.encode()).decode()) == text


@every_text
def test_text_without_the_mark_is_taken_as_it_stands(text: str) -> None:
    assert text.startswith(MARK) or decode(text) == text


@pytest.mark.parametrize(
    "encoded",
    ["{{=1+1}}", "YQ", "Y Q==", "YQ==\n", "ÿ", "/w==", "YQ=", "=YQ="],
)
def test_what_is_marked_and_not_base64_of_text_is_refused(
    encoded: str,
) -> None:
    with pytest.raises(ValueError, match="is not base64url of UTF-8 text"):
        decode(MARK + encoded)


@every_text
def test_encoded_is_plain_in_python(text: str) -> None:
    assert Carrier(text=text).model_dump() == {"text": text}


@every_text
def test_encoded_is_base64url_in_json(text: str) -> None:
    document = Carrier(text=text).model_dump(mode="json")
    assert document == {"text": encode(text)}


@every_text
def test_encoded_reads_back_from_its_json(text: str) -> None:
    carrier = Carrier(text=text)
    assert Carrier.model_validate_json(carrier.model_dump_json()) == carrier


def test_encoded_takes_plain_text_from_json() -> None:
    carrier = Carrier.model_validate_json('{"text": "{\\"a\\": 1}"}')
    assert carrier.text == '{"a": 1}'


def test_encoded_refuses_what_is_marked_and_not_base64() -> None:
    with pytest.raises(ValidationError, match="base64url"):
        Carrier.model_validate_json('{"text": "b64:{{workflow.name}}"}')


@every_text
def test_encoded_is_encoded_in_lists_too(text: str) -> None:
    carriers = TypeAdapter(list[Carrier])
    written = carriers.dump_json([Carrier(text=text)])
    assert encode(text).encode() in written
    assert carriers.validate_json(written) == [Carrier(text=text)]


@every_text
def test_a_label_is_short_and_safe_and_never_empty(text: str) -> None:
    pattern = rf"[A-Za-z0-9@._+-]{{1,{LABEL_LENGTH}}}"
    assert re.fullmatch(pattern, label_for(text))


def test_a_label_stays_readable() -> None:
    assert label_for("Verbrauch für Öl, kWh") == "Verbrauch-fur-Ol-kWh"


@every_text
def test_an_escaped_text_holds_no_brace(text: str) -> None:
    assert "{" not in escape_environment(text)


@every_text
def test_the_kubelet_restores_an_escaped_text(text: str) -> None:
    assert expand_references(escape_environment(text), VARIABLES) == text


@every_text
def test_environment_text_is_escaped_only_in_json(text: str) -> None:
    environment = Environment(text=text)
    assert environment.model_dump() == {"text": text}
    assert environment.model_dump(mode="json") == {
        "text": escape_environment(text)
    }
