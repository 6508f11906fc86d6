"""How this repository writes its files."""

from pathlib import Path

import pytest

from argo_offline.lint import Finding, lint
from moderate.project_rules import ALL_RULES
from tests.argo_offline.lint.findings import of_rule, only

CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
"""


def findings(folder: Path, content: str) -> list[Finding]:
    """Lint a folder of one file.

    Args:
        folder: The folder.
        content: The file's text.

    Returns:
        What lint finds.
    """
    (folder / "settings.yaml").write_text(content, "utf-8")
    return lint(folder, ALL_RULES)


def test_alias(tmp_path: Path) -> None:
    content = f"{CONFIG_MAP}  a: &a x\n  b: *a\n"
    assert "write the value out" in only(
        findings(tmp_path, content), "aliases"
    )


def test_two_objects_in_one_file(tmp_path: Path) -> None:
    content = f"{CONFIG_MAP}---\n{CONFIG_MAP}"
    assert (
        "holds 2 objects"
        in of_rule(
            findings(tmp_path, content.replace("data:\n", "")), "one-object"
        )[0]
    )


def test_empty_file(tmp_path: Path) -> None:
    assert "holds 0 objects" in only(findings(tmp_path, ""), "one-object")


def test_file_with_a_plain_value(tmp_path: Path) -> None:
    found = of_rule(findings(tmp_path, "just text"), "one-object")
    assert "no Kubernetes object" in found[0]


@pytest.mark.parametrize("word", ["n", "Y", "yes", "no", "on", "OFF", "true"])
def test_key_that_is_read_as_a_boolean(tmp_path: Path, word: str) -> None:
    content = f"{CONFIG_MAP}  {word}: 'x'\n"
    found = of_rule(findings(tmp_path, content), "boolean-words")
    assert f"the key {word} is a boolean" in found[0]


@pytest.mark.parametrize("word", ["n", "y", "Yes", "off"])
def test_value_that_is_read_as_a_boolean(tmp_path: Path, word: str) -> None:
    content = f"{CONFIG_MAP}  a: {word}\n"
    found = of_rule(findings(tmp_path, content), "boolean-words")
    assert found[0].startswith("data.a: ")


def test_list_item_that_is_read_as_a_boolean(tmp_path: Path) -> None:
    content = f"{CONFIG_MAP}  a: [y]\n"
    assert of_rule(findings(tmp_path, content), "boolean-words")
