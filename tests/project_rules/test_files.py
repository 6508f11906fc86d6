"""How this repository writes its files."""

from pathlib import Path

import pytest

from moderate.project_rules import ALL_RULES
from tests.argo_offline.lint.findings import (
    CONFIG_MAP,
    findings_in,
    of_rule,
    only,
)


def test_alias(tmp_path: Path) -> None:
    content = f"{CONFIG_MAP}  a: &a x\n  b: *a\n"
    assert "write the value out" in only(
        findings_in(tmp_path, content, ALL_RULES), "aliases"
    )


def test_two_objects_in_one_file(tmp_path: Path) -> None:
    content = f"{CONFIG_MAP}---\n{CONFIG_MAP}"
    assert (
        "holds 2 objects"
        in of_rule(
            findings_in(tmp_path, content.replace("data:\n", ""), ALL_RULES),
            "one-object",
        )[0]
    )


def test_empty_file(tmp_path: Path) -> None:
    assert "holds 0 objects" in only(
        findings_in(tmp_path, "", ALL_RULES), "one-object"
    )


def test_file_with_a_plain_value(tmp_path: Path) -> None:
    found = of_rule(
        findings_in(tmp_path, "just text", ALL_RULES), "one-object"
    )
    assert "no Kubernetes object" in found[0]


@pytest.mark.parametrize("word", ["n", "Y", "yes", "no", "on", "OFF", "true"])
def test_key_that_is_read_as_a_boolean(tmp_path: Path, word: str) -> None:
    content = f"{CONFIG_MAP}  {word}: 'x'\n"
    found = of_rule(findings_in(tmp_path, content, ALL_RULES), "boolean-words")
    assert f"the key {word} is a boolean" in found[0]


@pytest.mark.parametrize("word", ["n", "y", "Yes", "off"])
def test_value_that_is_read_as_a_boolean(tmp_path: Path, word: str) -> None:
    content = f"{CONFIG_MAP}  a: {word}\n"
    found = of_rule(findings_in(tmp_path, content, ALL_RULES), "boolean-words")
    assert found[0].startswith("data.a: ")


def test_list_item_that_is_read_as_a_boolean(tmp_path: Path) -> None:
    content = f"{CONFIG_MAP}  a: [y]\n"
    assert of_rule(findings_in(tmp_path, content, ALL_RULES), "boolean-words")
