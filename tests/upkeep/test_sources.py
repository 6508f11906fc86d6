"""Each source of newer versions is asked by its own protocol."""

import json
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from local_services.cache import MAVEN_VARIABLE
from tests.servers import answer, web_server
from upkeep.asking import NotAskedError, newest_like
from upkeep.registry import ImageTags
from upkeep.sources import GitTags, MavenVersions, PackageIndex

TOKEN = "for-anybody"
DIGEST = "sha256:" + "a" * 64
OTHER_DIGEST = "sha256:" + "b" * 64
TAGS = ("3.9-slim", "3.13-slim", "3.14-slim", "3.15", "latest")
UNUSED_PORT = 9
METADATA = "Metadata-Version: 2.1\nName: thing\nVersion: {version}\n"
WHEEL = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


@pytest.mark.parametrize(
    ("version", "known", "newest"),
    [
        ("v1.2.9", ["v1.2.9", "v1.2.10", "v1.3.0-rc1"], "v1.2.10"),
        ("3.13-slim", ["3.13-slim", "3.14", "3.14-slim"], "3.14-slim"),
        ("v1.34.1-k3s1", ["v1.34.1-k3s2", "v1.35.0"], "v1.34.1-k3s2"),
        ("26.7", ["26.7", "26.7.1"], "26.7"),
    ],
)
def test_versions_are_compared_with_those_that_are_written_alike(
    version: str, known: list[str], newest: str
) -> None:
    assert newest_like(version, known) == newest


def test_a_version_that_is_written_like_no_other_is_not_asked() -> None:
    with pytest.raises(NotAskedError, match="written like v1"):
        newest_like("v1", ["1.0"])


class Registry:
    """A registry that requires a token, and lists its tags in pages of two."""

    def __init__(self, digests: Mapping[str, str]) -> None:
        """Prepares it.

        Args:
            digests: The digest of each tag.
        """
        self.digests = digests

    def respond(self, request: BaseHTTPRequestHandler) -> None:
        """Answers as a registry does."""
        host = request.headers["Host"]
        if request.path.startswith("/token"):
            answer(request, 200, json.dumps({"token": TOKEN}).encode())
        elif request.headers["Authorization"] != f"Bearer {TOKEN}":
            realm = f'Bearer realm="http://{host}/token",service="r",scope="s"'
            answer(request, 401, headers={"WWW-Authenticate": realm})
        elif "/manifests/" in request.path:
            tag = request.path.rpartition("/")[2]
            digest = {"Docker-Content-Digest": self.digests[tag]}
            answer(request, 200, headers=digest)
        else:
            self._list(request)

    def _list(self, request: BaseHTTPRequestHandler) -> None:
        path, _, last = request.path.partition("?last=")
        begin = list(TAGS).index(last) + 1 if last else 0
        page = TAGS[begin : begin + 2]
        more = begin + 2 < len(TAGS)
        link = {"Link": f'<{path}?last={page[-1]}>; rel="next"'}
        body = json.dumps({"name": "library/python", "tags": page}).encode()
        answer(request, 200, body, link if more else {})


@pytest.fixture
def registry() -> Iterator[str]:
    """A registry's name, as references have it."""
    digests = {"3.13-slim": DIGEST, "3.14-slim": OTHER_DIGEST}
    with web_server(Registry(digests).respond) as url:
        yield url.removeprefix("http://")


def test_the_newest_tag_of_an_image_is_found_on_all_pages(
    registry: str,
) -> None:
    image = ImageTags(f"{registry}/library/python:3.13-slim")
    assert image.newest() == "3.14-slim"


def test_an_image_with_a_digest_is_named_with_the_newest_one(
    registry: str,
) -> None:
    image = ImageTags(f"{registry}/library/python:3.13-slim@{DIGEST}")
    assert image.version == "3.13-slim@sha256:aaaaaaaaaaaa"
    assert image.newest() == "3.14-slim@sha256:bbbbbbbbbbbb"


def test_a_tag_that_was_moved_is_behind(registry: str) -> None:
    image = ImageTags(f"{registry}/library/python:3.14-slim@{DIGEST}")
    assert image.newest() != image.version


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("python:3.13", "python"),
        ("rancher/k3s:v1", "rancher/k3s"),
        ("quay.io/keycloak/keycloak:26.6.1", "quay.io/keycloak/keycloak"),
        ("127.0.0.1:5000/a/b:1@sha256:c", "127.0.0.1:5000/a/b"),
    ],
)
def test_an_image_is_known_by_its_name(reference: str, name: str) -> None:
    assert ImageTags(reference).name == name


def test_a_registry_that_is_away_is_not_asked() -> None:
    image = ImageTags(f"127.0.0.1:{UNUSED_PORT}/library/python:3.13")
    with pytest.raises(NotAskedError, match="refused"):
        image.newest()


def git(folder: Path, *arguments: str) -> str:
    """Run Git as somebody who has an address."""
    done = subprocess.run(
        [
            "git",
            "-c",
            "user.name=test",
            "-c",
            "user.email=test@example.org",
            *arguments,
        ],
        capture_output=True,
        check=True,
        cwd=folder,
        text=True,
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with two releases, the second's tag annotated."""
    git(tmp_path, "init", "--quiet")
    for tag in (("v1.9.0",), ("--annotate", "--message=new", "v1.10.0")):
        git(tmp_path, "commit", "--quiet", "--allow-empty", "--message=change")
        git(tmp_path, "tag", *tag)
    return tmp_path


def test_the_newest_tag_of_a_repository_is_found(repository: Path) -> None:
    assert GitTags(str(repository), like="v1.9.0").newest() == "v1.10.0"


@pytest.mark.parametrize("tag", ["v1.10.0", "v1.10.0^{}"])
def test_an_action_s_commit_is_its_tag_s(repository: Path, tag: str) -> None:
    commit = git(repository, "rev-parse", tag)
    source = GitTags(str(repository), like="v1.10.0", commit=commit)
    assert source.newest() == "v1.10.0"


def test_an_action_whose_tag_is_another_commit_is_named(
    repository: Path,
) -> None:
    commit = git(repository, "rev-parse", "v1.9.0")
    source = GitTags(str(repository), like="v1.10.0", commit=commit)
    assert "another commit" in source.newest()


def test_a_repository_that_is_away_is_not_asked(tmp_path: Path) -> None:
    with pytest.raises(NotAskedError, match="exists"):
        GitTags(str(tmp_path / "nothing"), like="v1").newest()


def test_the_newest_version_of_an_artifact_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    body = b"".join(
        f"<version>{one}</version>".encode()
        for one in ("26.6.1", "26.10.0", "27.0.0.Beta1")
    )

    def respond(request: BaseHTTPRequestHandler) -> None:
        found = request.path == "/a/b/maven-metadata.xml"
        answer(request, 200 if found else 404, body)

    with web_server(respond) as url:
        monkeypatch.setenv(MAVEN_VARIABLE, url)
        assert MavenVersions("a/b", like="26.6.1").newest() == "26.10.0"


def wheel(folder: Path, version: str) -> None:
    """Make a package without code."""
    info = f"thing-{version}.dist-info"
    name = folder / f"thing-{version}-py3-none-any.whl"
    with zipfile.ZipFile(name, "w") as file:
        file.writestr(f"{info}/METADATA", METADATA.format(version=version))
        file.writestr(f"{info}/WHEEL", WHEEL)
        file.writestr(f"{info}/RECORD", "")


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An index with two releases and a preview of a package."""
    for version in ("1.9.0", "1.10.0", "2.0.0rc1"):
        wheel(tmp_path, version)
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("UV_NO_INDEX", "1")


@pytest.mark.usefixtures("index")
def test_the_newest_release_of_a_package_is_found() -> None:
    assert PackageIndex("thing").newest() == "1.10.0"


@pytest.mark.usefixtures("index")
def test_a_package_that_the_index_does_not_have_is_not_asked() -> None:
    with pytest.raises(NotAskedError, match="nothing-like-it"):
        PackageIndex("nothing-like-it").newest()
