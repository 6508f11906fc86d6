"""From a step's command line to its inputs."""

from datetime import date

import pytest
from pydantic import BaseModel, ValidationError

from steps.contract.arguments import parse_arguments, to_wire
from steps.contract.batches import Batch
from steps.contract.errors import WrongUseError
from steps.contract.wire import encode
from tests.contract.toys import ArgumentsInputs, Values
from tests.hostile import every_text

FILLED = Values(
    text="{{=1+1}}",
    hidden="{{=1+1}}\n",
    choice="b",
    number=-7,
    share=0.25,
    yes=True,
    names=["a", "{{b}}", "ü"],
    table={"a": 1},
    maybe="null",
    day=date(2026, 12, 24),
)


class Items(BaseModel):
    """A list of fan-out items."""

    items: list[Batch]


def arguments_of(model: BaseModel) -> list[str]:
    """Write a model as the arguments that Argo would pass on."""
    fields = type(model).model_fields
    return [
        f"--{name}={to_wire(value, fields[name])}"
        for name, value in model.model_dump(mode="json").items()
    ]


@every_text
def test_text_is_taken_as_it_is(text: str) -> None:
    assert parse_arguments([f"--text={text}"], Values).text == text


@every_text
def test_encoded_text_is_decoded(text: str) -> None:
    argument = f"--hidden={encode(text)}"
    assert parse_arguments([argument], Values).hidden == text


@pytest.mark.parametrize(
    ("argument", "field", "value"),
    [
        ("--number=-7", "number", -7),
        ("--share=0.5", "share", 0.5),
        ("--share=1", "share", 1.0),
        ("--yes=true", "yes", True),
        ('--names=["a","b=c"]', "names", ["a", "b=c"]),
        ("--names=[]", "names", []),
        ('--table={"a":1}', "table", {"a": 1}),
        ("--maybe=null", "maybe", None),
        ('--maybe="null"', "maybe", "null"),
        ('--day="2026-12-24"', "day", date(2026, 12, 24)),
        ("--choice=b", "choice", "b"),
    ],
)
def test_all_but_text_is_read_as_json(
    argument: str, field: str, value: object
) -> None:
    assert getattr(parse_arguments([argument], Values), field) == value


@pytest.mark.parametrize("values", [Values(), FILLED], ids=["empty", "full"])
def test_outputs_read_back_as_arguments(values: Values) -> None:
    assert parse_arguments(arguments_of(values), Values) == values


@every_text
def test_fan_out_items_read_back_as_arguments(text: str) -> None:
    items = Items(
        items=[
            Batch(number=number, slot=0, about="a", content=content)
            for number, content in enumerate([text, "b"])
        ]
    )
    assert parse_arguments(arguments_of(items), Items) == items


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["--nosuch=1"], "--nosuch is unknown. This step takes: --text"),
        (["--text=a", "--text=b"], "--text is given twice"),
        (["text=a"], "'text=a' is not of the form --name=value"),
        (["--text"], "'--text' is not of the form --name=value"),
        (["-text=a"], "is not of the form --name=value"),
        ([""], "'' is not of the form --name=value"),
        (["--number=seven"], "--number is not JSON: 'seven'"),
        (["--number="], "--number is not JSON: ''"),
        (["--names=[1,"], "--names is not JSON"),
        (["--names=" + "[" * 100_000], "--names is not JSON"),
        (["--number={{item.number}}"], "--number is not JSON"),
        (["--hidden=b64:{{item}}"], "--hidden: .*base64url"),
        (["--choice=c"], "--choice: "),
        (["--text=\udcff"], "not usable"),
    ],
)
def test_a_wrong_argument_is_named(arguments: list[str], fault: str) -> None:
    with pytest.raises(WrongUseError, match=fault):
        parse_arguments(arguments, Values)


@pytest.mark.parametrize(
    "argument",
    [
        '--number="1"',
        "--number=1.5",
        "--number=true",
        "--number=null",
        '--share="0.5"',
        "--yes=1",
        '--yes="true"',
        "--maybe=1",
        "--names=[1]",
        "--names={}",
        '--table={"a":"1"}',
    ],
)
def test_a_value_of_another_type_is_not_coerced(argument: str) -> None:
    field = argument.partition("=")[0]
    with pytest.raises(WrongUseError, match=field):
        parse_arguments([argument], Values)


def test_a_missing_argument_is_named() -> None:
    with pytest.raises(WrongUseError, match="--number: Field required"):
        parse_arguments([], ArgumentsInputs)


def test_all_wrong_arguments_are_named_at_once() -> None:
    with pytest.raises(WrongUseError, match=r"--number.*--share"):
        parse_arguments(['--number="1"', "--share=[]"], Values)


def test_a_wrong_value_is_not_repeated_in_the_error() -> None:
    with pytest.raises(WrongUseError) as caught:
        parse_arguments(["--number=1234.5"], Values)
    assert "1234" not in str(caught.value)


def test_inputs_of_a_step_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        FILLED.number = 1  # type: ignore[misc]  # the test's point
