"""Repositories over https, as they come from GitHub."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_services.git_hub import Origin, make_origin
from steps.contract.errors import BadDataError, TemporaryError
from steps.dataset_from_git.repository import Repository
from steps.dataset_from_git.source import fetch_source
from tests.dataset_from_git.https_hub import (
    HttpsHub,
    https_hub,
)
from tests.dataset_from_git.world import READINGS
from tests.requirements import GIT_LFS, GIT_SERVER, require

pytestmark = pytest.mark.services

NAME = "buds-lab/genome"
LARGE = 10**9


@pytest.fixture
def served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[HttpsHub]:
    """A server without repositories, whose certificate is trusted."""
    require(GIT_SERVER, GIT_LFS)
    with https_hub(tmp_path / "served") as hub:
        monkeypatch.setenv("GIT_SSL_CAINFO", str(hub.certificate))
        monkeypatch.setenv("SSL_CERT_FILE", str(hub.certificate))
        yield hub


@pytest.fixture
def origin(served: HttpsHub) -> Origin:
    """A repository on it, with a file in Git LFS."""
    origin = make_origin(served.folder / NAME, "master", lfs=True)
    origin.write({"data/weather/weather.csv": READINGS})
    return origin


@pytest.fixture
def clone(served: HttpsHub, tmp_path: Path) -> Repository:
    """A clone of that repository, empty so far."""
    return Repository(f"{served.url}{NAME}", tmp_path)


def fetch(clone: Repository, folder: Path) -> bytes:
    """Fetch the only file."""
    commit = clone.commit("master")
    clone.fetch_names(commit)
    (file,) = clone.files(commit, "data/weather/*.csv")
    return fetch_source(clone, file.blob, folder, LARGE).read_bytes()


def test_a_file_of_git_lfs_comes_over_https(
    origin: Origin, clone: Repository, tmp_path: Path
) -> None:
    del origin
    assert fetch(clone, tmp_path).decode() == READINGS


def test_a_missing_object_is_reported_over_https(
    origin: Origin, clone: Repository, tmp_path: Path
) -> None:
    for stored in origin.lfs_objects:
        stored.unlink()
    with pytest.raises(BadDataError, match="Git LFS has no object"):
        fetch(clone, tmp_path)


def test_an_object_that_ends_in_the_middle_is_no_file(
    origin: Origin, clone: Repository, served: HttpsHub, tmp_path: Path
) -> None:
    del origin
    served.cut = True
    with pytest.raises(TemporaryError, match="git lfs of"):
        fetch(clone, tmp_path)


def test_a_repository_that_asks_for_a_password_is_reported(
    clone: Repository, served: HttpsHub
) -> None:
    served.refuse = 401
    with pytest.raises(BadDataError, match="asks for a password"):
        clone.commit("master")


def test_a_repository_that_is_not_there_is_reported_over_https(
    clone: Repository,
) -> None:
    with pytest.raises(BadDataError, match="There is no repository"):
        clone.commit("master")


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_that_fails_is_worth_another_try(
    clone: Repository, served: HttpsHub, status: int
) -> None:
    served.refuse = status
    with pytest.raises(TemporaryError, match=str(status)):
        clone.commit("master")


def test_a_certificate_that_is_not_trusted_is_refused(
    served: HttpsHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GIT_SSL_CAINFO")
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(TemporaryError, match="certificate"):
        Repository(f"{served.url}{NAME}", tmp_path).commit("master")
    assert served.requests == []


def test_no_credentials_of_this_machine_are_sent(
    served: HttpsHub,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / ".netrc").write_text("machine 127.0.0.1 login jane password x\n")
    (home / ".git-credentials").write_text(f"{served.url}\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_ASKPASS", "/bin/echo")
    served.refuse = 401
    with pytest.raises(BadDataError, match="asks for a password"):
        Repository(f"{served.url}{NAME}", tmp_path).commit("master")
    assert len(served.requests) == 1
