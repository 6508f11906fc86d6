"""The expression languages of Argo; the recorded table has their results."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from argo_offline.errors import ExpressionError, ManifestError
from argo_offline.expressions import (
    check,
    evaluate,
    evaluate_bool,
    identifiers,
    should_execute,
)
from argo_offline.run.manifest import read_manifests

SCOPE = {
    "item": "x",
    "lastRetry": {"exitCode": "75", "status": "Failed"},
    "tasks": {"a-b": {"outputs": {"parameters": {"out": "5"}}}, "c": None},
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 + 2 * 3", 7),
        ("7 / 2", 3.5),
        ("-7 % 4", -3),
        ("9223372036854775807 + 1", -9223372036854775808),
        ("'a' + \"b\"", "ab"),
        ("1 < 2 and not (2 <= 1)", True),
        ("1 < 2 < 3 == true", True),
        ("010 + 0x10", 26),
        ("'a' in ['a', item]", True),
        ("tasks.c ?? 'z'", "z"),
        ("tasks['a-b'].outputs.parameters.out", "5"),
        ("len('four') + int('4') + asInt('2')", 10),
        ("string(1234567.5)", "1.2345675e+06"),
        ("toJson([1, '<'])", '[1,"\\u003c"]'),
        ("sprig.b64enc('\u00fc')", "w7w="),
    ],
)
def test_expression_has_its_value(expression: str, value: Any) -> None:
    assert evaluate(expression, SCOPE) == value


@pytest.mark.parametrize(
    "expression",
    ["nosuch", "asInt(item)", "item.x", "tasks.c.outputs", "tasks.c + 'x'"],
)
def test_value_that_does_not_fit_is_an_error(expression: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(expression, SCOPE)


UNSUPPORTED = [
    "1 +",
    "nosuch(1)",
    "'a' + 1",
    "'a' < 1",
    "item == 1",
    "1 && true",
    "1 % 0",
    "2 ** 0.5",
    "9223372036854775808",
    "[1][0]",
    "{'a': 1}.a",
    "1..3",
    "tasks?.x",
    "item[0]",
    "nil",
    "sprig.title('x')",
    "sort([3, 1])",
    "split('a,b', ',', 2)",
    "jsonpath(item, '$..b')",
    "sprig.now()",
    "let x = 1; x",
    "__import__('os')",
]


@pytest.mark.parametrize("expression", UNSUPPORTED)
def test_unsupported_expression_is_refused_by_its_text(
    expression: str,
) -> None:
    with pytest.raises(ExpressionError):
        check(expression)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("args", f"{{{{={text}}}}}") for text in UNSUPPORTED),
        ("args", "{{=nosuch.thing}}"),
        ("expression", "'a'"),
        ("expression", "sort([1]) == [1]"),
        ("when", "a =~ b"),
        ("when", "1 + 1 == 2"),
        ("when", "{{item}} == a b"),
        ("when", "'2024-01-31T10:00:00Z' == '{{item}}'"),
    ],
)
def test_manifest_with_an_unsupported_expression_is_refused(
    field: str, value: str
) -> None:
    document = yaml.safe_load(
        Path(__file__).with_name("one_task.yaml").read_text()
    )
    main, echo = document["spec"]["templates"]
    if field == "when":
        main["dag"]["tasks"][0]["when"] = value
    elif field == "args":
        echo["container"]["args"] = [value]
    else:
        echo["retryStrategy"] = {"limit": 1, "expression": value}
    template = "main" if field == "when" else "echo"

    with pytest.raises(ManifestError) as caught:
        read_manifests([document], "a.yaml")

    message = str(caught.value)
    assert message.startswith(f"a.yaml: template {template}")


def test_retry_expression_sees_the_exit_code() -> None:
    expression = 'asInt(lastRetry.exitCode) == 75 || lastRetry.status == "E"'

    assert evaluate_bool(expression, SCOPE)


def test_result_that_is_no_truth_value_is_an_error() -> None:
    with pytest.raises(ExpressionError, match="to bool"):
        evaluate_bool("1", SCOPE)


def test_identifiers_are_names_and_dotted_paths() -> None:
    found = identifiers("item + tasks['a-b'].x + sprig.b64enc(workflow.y)")

    assert {"item", "tasks.a-b.x", "sprig.b64enc", "workflow.y"} <= set(found)


def test_identifiers_leave_out_members_with_a_fallback() -> None:
    assert identifiers("tasks.a.x ?? 'none'") == ["tasks"]


@pytest.mark.parametrize(
    ("when", "runs"),
    [
        ("", True),
        ("Succeeded == Succeeded", True),
        ("'full load' != \"full load\"", False),
        ("1 > 2 || 3 >= 3", True),
        ("!(1 == 1) && true", False),
        ("10 == 10.0", True),
        ("'10' == 10", False),
        ("'2024-01-31' < '2024-02-01'", True),
        (r"'it\'s' == 'it\'s'", True),
    ],
)
def test_when_decides(when: str, runs: bool) -> None:
    assert should_execute(when) is runs


@pytest.mark.parametrize(
    "when", ["full load == x", "{{x}} == 1", "a == ", "1", "a - b == c"]
)
def test_when_at_fault_is_an_error(when: str) -> None:
    with pytest.raises(ExpressionError):
        should_execute(when)
