"""Broken YAML."""

from pathlib import Path

import pytest

from argo_offline.lint import Finding, lint
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
    return lint(folder)


def test_quoted_words_are_strings(tmp_path: Path) -> None:
    content = f"{CONFIG_MAP}  'n': 'yes'\n"
    assert findings(tmp_path, content) == []


def test_file_that_does_not_parse(tmp_path: Path) -> None:
    content = f"{CONFIG_MAP}  a: {{b\n"
    assert "cannot be parsed" in only(findings(tmp_path, content), "yaml")


def test_file_that_is_not_utf_8(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"name: \xe9\n")
    assert "not UTF-8" in only(lint(tmp_path), "yaml")


def test_file_that_is_not_there(tmp_path: Path) -> None:
    assert "No such file" in only(lint([tmp_path / "none.yaml"]), "yaml")


def test_unknown_yaml_tag(tmp_path: Path) -> None:
    content = f"{CONFIG_MAP}  a: !!python/object:os.system x\n"
    assert "could not determine" in only(findings(tmp_path, content), "yaml")


def test_alias(tmp_path: Path) -> None:
    content = f"{CONFIG_MAP}  a: &a x\n  b: *a\n"
    assert "write the value out" in only(findings(tmp_path, content), "yaml")


def test_very_deep_document(tmp_path: Path) -> None:
    content = f"{CONFIG_MAP}  a: {'[' * 5000}{']' * 5000}\n"
    assert "levels of nesting" in only(findings(tmp_path, content), "yaml")


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


def test_key_that_stands_twice(tmp_path: Path) -> None:
    content = f"{CONFIG_MAP}  a: '1'\n  a: '2'\n"
    line = only(findings(tmp_path, content), "duplicate-keys")
    assert line.startswith("data: the key 'a' stands more than once")


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
