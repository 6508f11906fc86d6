"""The expression languages of Argo."""

from typing import Any

import pytest

from argo_offline.run.errors import ExpressionError
from argo_offline.run.expressions import (
    evaluate,
    evaluate_bool,
    identifiers,
    should_execute,
)
from argo_offline.run.expressions.functions import ARGO

SCOPE = {
    **ARGO,
    "item": "x",
    "lastRetry": {"exitCode": "75", "status": "Failed"},
    "tasks": {"a-b": {"outputs": {"parameters": {"out": "5"}}}, "c": None},
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 + 2 * 3", 7),
        ("7 / 2", 3.5),
        ("7 % 4", 3),
        ("2 ** 3", 8.0),
        ("-2 ** 2", -4.0),
        ("'a' + \"b\"", "ab"),
        (r"'tab\t\u00fc\x41'", "tab\tüA"),
        ("`raw \\n`", "raw \\n"),
        ("0x1F + 1_000", 1031),
        ("1 < 2 and not (2 <= 1)", True),
        ("!false == true", True),
        ("1 == 1.0", True),
        ("'1' == 1", False),
        ("true == 1", False),
        ("'a' in ['a', 'b']", True),
        ("'z' not in {a: 1}", True),
        ("'abc' contains 'b' && 'abc' startsWith 'a'", True),
        ("'abc' endsWith 'c' || 'abc' matches '^z'", True),
        ("true ? 'y' : 'n'", "y"),
        ("nil ?? 'z'", "z"),
        ("tasks.c?.outputs ?? 'none'", "none"),
        ("tasks['a-b'].outputs.parameters.out", "5"),
        ("[1, 2, 3][1]", 2),
        ("[1, 2, 3][1:]", [2, 3]),
        ("1..3", [1, 2, 3]),
        ("{a: [1], 'b': {}}", {"a": [1], "b": {}}),
        ("filter([1, 2, 3], # > 1)", [2, 3]),
        ("map([{n: 1}, {n: 2}], {.n * 2})", [2, 4]),
        ("any([1, 2], # == 2) && all([1], # == 1)", True),
        ("none([1], # == 2)", True),
        ("first([1, 2]) + last([1, 2])", 3),
        ("join(split('a,b', ','), '-')", "a-b"),
        ("len('four') + int('4') + asInt('2')", 10),
        ("[1, 2] | len()", 2),
        ("string(2.0) + string(true)", "2true"),
        ("toJson({b: 1, a: '<'})", '{"a":"\\u003c","b":1}'),
        ("""jsonpath('{"a": [{"b": 1}]}', '$.a[*].b')""", [1]),
        ("sprig.b64dec(sprig.b64enc('ü'))", "ü"),
        ("sprig.default('d', '')", "d"),
        ("sprig.trunc(2, 'abc') + sprig.trunc(-1, 'abc')", "abc"),
        ("sprig.replace('a', 'b', 'aa')", "bb"),
    ],
)
def test_expression_has_its_value(expression: str, value: Any) -> None:
    assert evaluate(expression, SCOPE) == value


@pytest.mark.parametrize(
    "expression",
    [
        "1 +",
        "nosuch",
        "nosuch(1)",
        "'a' + 1",
        "'a' < 1",
        "1 && true",
        "asInt('x')",
        "1 / 0",
        "item.x",
        "tasks.c.outputs",
        "sprig.nosuch('x')",
        "let x = 1; x",
        "__import__('os')",
        "item.__class__",
    ],
)
def test_expression_at_fault_is_an_error(expression: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(expression, SCOPE)


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
        ("true", True),
        ("Succeeded == Succeeded", True),
        ("'full load' != \"full load\"", False),
        ("1 > 2 || 3 >= 3", True),
        ("!(1 == 1) && true", False),
        ("10 == 10.0", True),
        ("'10' == 10", False),
        ("'b' > 'a'", True),
        ("foo in (foo, bar)", True),
        ("abc =~ 'b.'", True),
        ("2 + 2 == 4", True),
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
