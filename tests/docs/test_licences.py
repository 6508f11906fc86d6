"""The licences are those that the packages state themselves."""

import re
from collections.abc import Iterable, Iterator
from importlib.metadata import (
    Distribution,
    PackageNotFoundError,
    distributions,
)
from importlib.metadata import distribution as installed
from pathlib import Path

import pytest

from checkout.images import OPENMETADATA, install
from checkout.paths import ROOT
from tests.docs.markdown import section

PAGE = ROOT / "docs/licences.md"
CODE = re.compile(r"`([^`]+)`")
OPERATORS = re.compile(r"\s+(?:AND|OR)\s+")
CLASSIFIER = "License :: "
WITHOUT_LICENCE = {"OSI Approved", "DFSG approved", ""}
HEADS = {"package", "---", "licence"}
# Not installed where the tests run: a program, built with, or no package.
UNSEEN = {
    "hatchling",
    "openmetadata-ingestion",
    "uv",
}
OWN = "moderate-workflows"


def rows(text: str) -> Iterator[tuple[str, str]]:
    """List the first two cells of a table's rows."""
    for line in text.splitlines():
        if line.startswith("|"):
            first, second, *_ = (one.strip() for one in line.split("|")[1:])
            if first not in HEADS:
                yield first, second


TABLE = [
    (package, licence)
    for packages, licence in rows(section(PAGE, "Direct dependencies"))
    if not packages[0].isupper() and "(" not in packages
    for package in packages.split(", ")
]
LOOKED_AT = {
    CODE.findall(package)[0]: licence
    for package, licence in rows(section(PAGE, "Reviewed packages"))
}
MEANING = {
    words: CODE.findall(licence)[0]
    for licence, others in rows(section(PAGE, "Accepted licences"))
    for words in CODE.findall(licence) + CODE.findall(others)
}


def stated(package: Distribution) -> str:
    """Return the licence that a package states, as well as it does."""
    metadata = package.metadata.json
    if expression := metadata.get("license_expression"):
        return str(expression)
    words = [
        one.rpartition(" :: ")[2]
        for one in metadata.get("classifier", [])
        if one.startswith(CLASSIFIER)
    ]
    named = [one for one in words if one not in WITHOUT_LICENCE]
    text = str(metadata.get("license", ""))
    return " OR ".join(named) or text.partition("\n")[0]


def meant(statement: str) -> set[str]:
    """Write the parts of a statement as the page of licences does."""
    parts: list[str] = OPERATORS.split(statement)
    return {MEANING.get(part, part) for part in parts}


def unknown(packages: Iterable[Distribution]) -> list[str]:
    """List the packages whose licence is not reviewed."""
    return sorted(
        f"{package.name}: {stated(package) or 'states none'}"
        for package in packages
        if package.name not in {OWN, *LOOKED_AT}
        and not meant(stated(package)) <= set(MEANING.values())
    )


def site_packages(environment: Path) -> list[str]:
    """List where an environment keeps its packages."""
    return [str(one) for one in environment.glob("lib/python*/site-packages")]


def is_installed(package: str) -> bool:
    """Return whether the tests' own environment holds a package."""
    try:
        installed(package)
    except PackageNotFoundError:
        return False
    return True


@pytest.mark.parametrize(
    ("package", "licence"), [one for one in TABLE if is_installed(one[0])]
)
def test_the_page_states_the_licence_that_the_package_does(
    package: str, licence: str
) -> None:
    statement = stated(installed(package))
    if not statement:
        assert LOOKED_AT[package] == licence
    else:
        assert meant(licence) == meant(statement)


def test_all_but_a_few_licences_can_be_compared() -> None:
    unseen = {package for package, _ in TABLE if not is_installed(package)}
    assert unseen == UNSEEN


def test_no_installed_package_has_a_licence_that_is_not_reviewed() -> None:
    assert unknown(distributions()) == []


@pytest.mark.services
def test_no_package_of_the_catalog_has_a_licence_that_is_not_reviewed() -> (
    None
):
    folders = site_packages(install(OPENMETADATA))
    assert folders
    assert unknown(distributions(path=folders)) == []


def test_a_package_with_another_licence_is_seen(tmp_path: Path) -> None:
    folder = tmp_path / "thing-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(
        "Metadata-Version: 2.4\nName: thing\nVersion: 1.0\n"
        "License-Expression: AGPL-3.0-only\n"
    )
    found = unknown(distributions(path=[str(tmp_path)]))
    assert found == ["thing: AGPL-3.0-only"]
