"""Nothing that a person can set, give or run is left out."""

import re
import tomllib
from collections.abc import Iterator
from pkgutil import walk_packages

import pytest
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

import steps
from checkout.paths import ROOT
from moderate.cli import app
from moderate.documents.blocks import BLOCK
from moderate.settings import all_settings
from moderate.workflow_index import Workflow, workflows
from steps.contract.settings import ServiceSettings
from tests.docs.markdown import DOCUMENTS, README, section
from workflows.authoring.names import secret_name

TEXT = README.read_text("utf-8")
PIPELINES = sorted((ROOT / "docs/pipelines").glob("*.md"))
LICENCES = ROOT / "docs/licences.md"
COMMANDS = ROOT / "docs/commands.md"
PARAMETER_ROW = re.compile(r"^\| `(\w+)`", re.MULTILINE)
CONSTANT = re.compile(r'^(\w+) = "([A-Z][A-Z_]+)"', re.MULTILINE)
READ = re.compile(r'environ(?:\.get\(|\[)(?:([A-Z_]+)|"([A-Z_]+)")')
# What one program of ours passes to another, and what a machine has anyway.
PRIVATE = {
    "ARGO_PROGRESS_FILE",
    "HOME",
    "MARK",
    "OPEN_METADATA_ADMINISTRATORS",
    "PATH",
    "TMPDIR",
}
MAKE_TARGET = re.compile(r"^([a-z-]+):(.*)$", re.MULTILINE)


def made(kind: str, of: str = "") -> str:
    """Return what is made of one kind in the pages of the pipelines."""
    return "".join(
        block["made"]
        for page in PIPELINES
        for block in BLOCK.finditer(page.read_text("utf-8"))
        if block["kind"] == kind and of in {"", *block["of"].split()}
    )


def settings_classes(
    kind: type[ServiceSettings] = ServiceSettings,
) -> Iterator[type[ServiceSettings]]:
    """List the settings classes of all modules, abstract ones left out."""
    for child in kind.__subclasses__():
        if child.__module__.startswith("steps."):
            yield child
        yield from settings_classes(child)


@pytest.fixture(scope="module")
def variables() -> set[str]:
    """Every variable that any module under `steps` reads as a setting."""
    for module in walk_packages(steps.__path__, "steps."):
        if module.name.endswith(("settings", "object_store")):
            __import__(module.name)
    return {name for kind in settings_classes() for name in kind.variables()}


@pytest.mark.parametrize("workflow", workflows(), ids=lambda one: one.name)
def test_every_parameter_is_documented(workflow: Workflow) -> None:
    documented = set(PARAMETER_ROW.findall(made("parameters", workflow.name)))
    assert {one.name for one in workflow.parameters} <= documented


@pytest.mark.parametrize("workflow", workflows(), ids=lambda one: one.name)
def test_every_setting_of_a_workflow_is_on_its_page(
    workflow: Workflow,
) -> None:
    documented = set(PARAMETER_ROW.findall(made("settings", workflow.name)))
    assert set(workflow.variables) <= documented


def test_every_setting_is_documented(variables: set[str]) -> None:
    documented = set(
        PARAMETER_ROW.findall(made("settings") + made("variables"))
    )
    assert variables - documented == set()


def test_the_example_settings_are_all_there() -> None:
    example = (ROOT / ".env.example").read_text()
    assert [
        name for name in all_settings() if f"\n{name}=" not in example
    ] == []


def test_the_example_names_no_setting_that_nothing_reads(
    variables: set[str],
) -> None:
    example = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))
    assert named - variables == set()


def read_variables() -> Iterator[str]:
    """List the variables that tools and tests read, beside the settings."""
    for folder in ("scripts/moderate", "scripts/upkeep", "tests"):
        for file in (ROOT / folder).rglob("*.py"):
            text = file.read_text("utf-8")
            constants = dict(CONSTANT.findall(text))
            for name, literal in READ.findall(text):
                variable = literal or constants.get(name, "")
                if variable and variable not in PRIVATE:
                    yield variable


def test_every_variable_of_the_tools_is_documented() -> None:
    documented = "".join(one.read_text("utf-8") for one in DOCUMENTS)
    found = set(read_variables())
    assert found
    assert {one for one in found if f"`{one}" not in documented} == set()


def test_every_secret_is_among_the_credentials() -> None:
    text = (ROOT / "docs/security.md").read_text("utf-8")
    secrets = {
        secret_name(one.service)
        for one in all_settings().values()
        if one.secret
    }
    assert {one for one in secrets if f"| `{one}` |" not in text} == set()


def test_every_command_is_in_the_readme() -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    missing = [name for name in commands if f"moderate {name}" not in TEXT]
    assert missing == []


def options_of(
    command: object, path: tuple[str, ...] = ("moderate",)
) -> Iterator[tuple[str, str]]:
    """List the options of a command and of those in it, with its name."""
    if isinstance(command, TyperGroup):
        for name, child in command.commands.items():
            yield from options_of(child, (*path, name))
    if isinstance(command, TyperGroup | TyperCommand):
        for parameter in command.params:
            for option in (*parameter.opts, *parameter.secondary_opts):
                if option.startswith("-"):
                    yield " ".join(path), option


def test_every_option_of_every_command_is_documented() -> None:
    options = set(options_of(get_command(app)))
    assert ("moderate trust release", "--all") in options
    missing = {
        (command, option)
        for command, option in options
        if f"{option}" not in section(COMMANDS, command)
    }
    assert missing == set()


def test_every_task_of_make_has_a_description() -> None:
    targets = MAKE_TARGET.findall((ROOT / "Makefile").read_text())
    assert [name for name, rest in targets if "## " not in rest] == []


def test_every_direct_dependency_is_in_the_readme() -> None:
    document = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project = document["project"]
    required = [
        *project["dependencies"],
        *(
            one
            for extra in project["optional-dependencies"].values()
            for one in extra
        ),
        *(
            one
            for group in document["dependency-groups"].values()
            for one in group
        ),
    ]
    names = {re.split(r"[\[=<>]", one)[0] for one in required}
    stubs = {
        name for name in names if name.startswith("types-") or "stubs" in name
    }
    table = section(LICENCES, "Direct dependencies")
    assert {name for name in names - stubs if name not in table} == set()
