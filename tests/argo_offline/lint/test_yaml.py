"""Broken YAML."""

from pathlib import Path

from argo_offline.lint import lint
from tests.argo_offline.lint.findings import CONFIG_MAP, findings_in, only


def test_quoted_words_are_strings(tmp_path: Path) -> None:
    content = f"{CONFIG_MAP}  'n': 'yes'\n"
    assert findings_in(tmp_path, content) == []


def test_file_that_does_not_parse(tmp_path: Path) -> None:
    content = f"{CONFIG_MAP}  a: {{b\n"
    assert "cannot be parsed" in only(findings_in(tmp_path, content), "yaml")


def test_file_that_is_not_utf_8(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"name: \xe9\n")
    assert "not UTF-8" in only(lint(tmp_path), "yaml")


def test_file_that_is_not_there(tmp_path: Path) -> None:
    assert "No such file" in only(lint([tmp_path / "none.yaml"]), "yaml")


def test_unknown_yaml_tag(tmp_path: Path) -> None:
    content = f"{CONFIG_MAP}  a: !!python/object:os.system x\n"
    assert "could not determine" in only(
        findings_in(tmp_path, content), "yaml"
    )


def test_alias_is_read(tmp_path: Path) -> None:
    content = f"{CONFIG_MAP}  a: &a x\n  b: *a\n"
    assert findings_in(tmp_path, content) == []


def test_file_that_aliases_make_large(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)
    ]
    content = CONFIG_MAP + "".join(f"  {line}\n" for line in lines)
    assert "more than 200000 values" in only(
        findings_in(tmp_path, content), "yaml"
    )


def test_alias_inside_its_own_value(tmp_path: Path) -> None:
    content = f"{CONFIG_MAP}  a: &a [*a]\n"
    assert "inside its own value" in only(
        findings_in(tmp_path, content), "yaml"
    )


def test_very_deep_document(tmp_path: Path) -> None:
    content = f"{CONFIG_MAP}  a: {'[' * 5000}{']' * 5000}\n"
    assert "levels of nesting" in only(findings_in(tmp_path, content), "yaml")


def test_key_that_stands_twice(tmp_path: Path) -> None:
    content = f"{CONFIG_MAP}  a: '1'\n  a: '2'\n"
    line = only(findings_in(tmp_path, content), "duplicate-keys")
    assert line.startswith("data: the key 'a' stands more than once")
