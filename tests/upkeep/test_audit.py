"""Known vulnerabilities are found without a network."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from checkout.paths import ROOT
from steps.contract.errors import ModerateError
from upkeep.advisories import Advisories

PACKAGE = "tabulate"
MODIFIED = "2026-01-01T00:00:00Z"


def locked_version(package: str) -> str:
    """Read the version of a package that is locked."""
    lines = (ROOT / "uv.lock").read_text().splitlines()
    place = lines.index(f'name = "{package}"')
    return lines[place + 1].split('"')[1]


def advisory(name: str, **affected: object) -> dict[str, Any]:
    """Make an advisory about a package."""
    package = {"ecosystem": "PyPI", "name": name}
    return {
        "id": f"TEST-{name}",
        "modified": MODIFIED,
        "summary": "It can be tricked.",
        "affected": [{"package": package, **affected}],
    }


def database(folder: Path, *documents: Mapping[str, Any]) -> Path:
    """Write advisories as OSV publishes them."""
    file = folder / "all.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for number, document in enumerate(documents):
            archive.writestr(f"{number}.json", json.dumps(document))
    return file


def audit(file: Path) -> subprocess.CompletedProcess[str]:
    """Audit this checkout's lock."""
    return subprocess.run(
        [sys.executable, "-m", "upkeep.audit", "--database", file],
        capture_output=True,
        check=False,
        cwd=ROOT,
        text=True,
    )


def events(*pairs: tuple[str, str]) -> dict[str, Any]:
    """Make a range of versions."""
    return {"type": "ECOSYSTEM", "events": [{key: at} for key, at in pairs]}


def test_a_vulnerability_of_a_locked_package_ends_it_with_1(
    tmp_path: Path,
) -> None:
    version = locked_version(PACKAGE)
    found = audit(database(tmp_path, advisory(PACKAGE, versions=[version])))
    assert found.returncode == 1
    assert f"{PACKAGE} {version} has 1 known vulnerability" in found.stdout


def test_vulnerabilities_of_other_versions_are_none(tmp_path: Path) -> None:
    found = audit(database(tmp_path, advisory(PACKAGE, versions=["0.0.1"])))
    assert found.returncode == 0, found.stderr


def test_a_file_that_holds_no_advisories_is_named(tmp_path: Path) -> None:
    file = tmp_path / "all.zip"
    file.write_text("<html>")
    found = audit(file)
    assert found.returncode == 65
    assert str(file) in found.stderr


@pytest.mark.parametrize(
    ("version", "is_affected"),
    [("1.9", False), ("2.0", True), ("2.10", True), ("3.0", False)],
)
def test_a_range_is_read_as_versions_and_not_as_text(
    tmp_path: Path, version: str, *, is_affected: bool
) -> None:
    one = advisory(
        "thing", ranges=[events(("introduced", "2.0"), ("fixed", "3.0"))]
    )
    known = Advisories(database(tmp_path, one))
    assert bool(known.about("thing", version)) is is_affected


def test_the_last_affected_version_is_affected(tmp_path: Path) -> None:
    one = advisory(
        "thing", ranges=[events(("introduced", "0"), ("last_affected", "2"))]
    )
    known = Advisories(database(tmp_path, one))
    assert known.about("thing", "2")
    assert not known.about("thing", "2.1")


def test_a_name_is_written_in_any_way(tmp_path: Path) -> None:
    one = advisory("Some_Thing", versions=["1.0"])
    known = Advisories(database(tmp_path, one))
    assert known.about("some.thing", "1.0")


def test_a_withdrawn_advisory_is_left_out(tmp_path: Path) -> None:
    one = {**advisory("thing", versions=["1.0"]), "withdrawn": MODIFIED}
    assert Advisories(database(tmp_path, one)).about("thing", "1.0") == []


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModerateError, match=r"nothing\.zip"):
        Advisories(tmp_path / "nothing.zip")
