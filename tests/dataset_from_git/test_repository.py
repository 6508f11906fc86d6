"""What is read of a public Git repository, and what is refused."""

import shutil
from pathlib import Path

import pytest

from local_services.git_hub import Origin
from steps.contract.errors import BadDataError, TemporaryError
from steps.dataset_from_git.git_errors import NoSpaceError
from steps.dataset_from_git.repository import Repository
from steps.dataset_from_git.source import fetch_source
from tests.dataset_from_git.world import READINGS
from tests.hostile import hostile

LARGE = 10**9
FULL_DISK = Path("/dev/full")
EVERY_CSV = "**/*.csv"


@pytest.fixture
def clone(origin: Origin, tmp_path: Path) -> Repository:
    """A clone of the repository, empty so far."""
    return Repository(origin.url, tmp_path)


def paths(clone: Repository, origin: Origin, glob: str) -> list[str]:
    """List a fetched commit's files."""
    clone.fetch_names(origin.commit)
    return [file.path for file in clone.files(origin.commit, glob)]


def source(origin: Origin, folder: Path, path: str) -> bytes:
    """Fetch one file as a pod does, in a clone of its own."""
    names, content = folder / "names", folder / "content"
    names.mkdir()
    content.mkdir()
    repository = Repository(origin.url, names)
    repository.fetch_names(origin.commit)
    (file,) = (
        file
        for file in repository.files(origin.commit, EVERY_CSV)
        if file.path == path
    )
    pod = Repository(origin.url, content)
    return fetch_source(pod, file.blob, content, LARGE).read_bytes()


def test_a_branch_has_its_newest_commit(
    clone: Repository, origin: Origin
) -> None:
    origin.write({"a.csv": "a\n1\n"})
    newest = origin.write({"a.csv": "a\n2\n"})
    assert clone.commit("main") == newest


def test_a_branch_that_is_not_there_is_named(
    clone: Repository, origin: Origin
) -> None:
    origin.write({"a.csv": READINGS})
    with pytest.raises(BadDataError, match="no branch 'release'"):
        clone.commit("release")


def test_a_branch_whose_name_ends_like_another_is_not_mistaken(
    clone: Repository, origin: Origin
) -> None:
    origin.write({"a.csv": READINGS})
    origin.git("update-ref", "refs/heads/x/refs/heads/release", "HEAD")
    with pytest.raises(BadDataError, match="no branch 'release'"):
        clone.commit("release")


def test_a_repository_that_is_not_there_is_named(tmp_path: Path) -> None:
    absent = Repository(f"file://{tmp_path}/nosuch", tmp_path)
    with pytest.raises(BadDataError, match="There is no repository file:"):
        absent.commit("main")


def test_a_host_that_does_not_answer_is_worth_another_try(
    tmp_path: Path,
) -> None:
    closed = Repository("https://127.0.0.1:1/a/b", tmp_path)
    with pytest.raises(TemporaryError, match="127"):
        closed.commit("main")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/a", "ssh://127.0.0.1/a", "ext::sh -c id", "/a"]
)
def test_another_protocol_than_https_is_refused(
    url: str, tmp_path: Path
) -> None:
    with pytest.raises(BadDataError, match="only https"):
        Repository(url, tmp_path)


def test_a_glob_names_files_in_any_folder(
    clone: Repository, origin: Origin
) -> None:
    origin.write(
        {
            "data/a.csv": READINGS,
            "data/deep/er/b.csv": READINGS,
            "other/c.csv": READINGS,
            "data/readme.txt": "no",
        }
    )
    found = paths(clone, origin, "data/**/*.csv")
    assert found == ["data/a.csv", "data/deep/er/b.csv"]


def test_a_plain_star_stays_in_its_folder(
    clone: Repository, origin: Origin
) -> None:
    origin.write({"data/a.csv": READINGS, "data/deep/b.csv": READINGS})
    assert paths(clone, origin, "data/*.csv") == ["data/a.csv"]


def test_a_glob_that_matches_nothing_is_an_error(
    clone: Repository, origin: Origin
) -> None:
    origin.write({"data/a.csv": READINGS})
    with pytest.raises(BadDataError, match=r"meters/\*\.csv matches no file"):
        paths(clone, origin, "meters/*.csv")


def test_a_list_that_is_far_too_long_is_an_error(
    clone: Repository, origin: Origin
) -> None:
    blob = origin.git("hash-object", "-w", "--stdin").strip()
    entries = "".join(
        f"100644 blob {blob}\t{number:0200}.csv\n" for number in range(5_000)
    )
    tree = origin.git("mktree", stdin=entries.encode()).strip()
    commit = origin.git("commit-tree", tree, "-m", "many").strip()
    clone.fetch_names(commit)
    with pytest.raises(BadDataError, match="matches too many files"):
        clone.files(commit, EVERY_CSV)


@hostile
def test_a_hostile_name_comes_out_as_it_went_in(
    clone: Repository, origin: Origin, hostile: str
) -> None:
    name = f"{hostile.replace('/', '_')}.csv"
    origin.write({name: READINGS})
    assert paths(clone, origin, EVERY_CSV) == [name]


def test_a_name_that_is_not_utf_8_is_readable(
    clone: Repository, origin: Origin
) -> None:
    (origin.folder / "caf\udce9.csv").write_text(READINGS)
    origin.save()
    assert paths(clone, origin, EVERY_CSV) == ["caf\\xe9.csv"]


def test_a_symbolic_link_is_not_followed(
    clone: Repository, origin: Origin
) -> None:
    (origin.folder / "link.csv").symlink_to("/etc/passwd")
    origin.save()
    clone.fetch_names(origin.commit)
    (file,) = clone.files(origin.commit, EVERY_CSV)
    assert file.fault == "it is a symbolic link; links are not followed"


@pytest.mark.parametrize("folder", ["..", ".git", ".GIT"])
def test_a_path_that_leaves_the_repository_is_faulty(
    clone: Repository, origin: Origin, folder: str
) -> None:
    blob = origin.git("hash-object", "-w", "--stdin").strip()
    inner = origin.git(
        "mktree", stdin=f"100644 blob {blob}\tx.csv\n".encode()
    ).strip()
    outer = origin.git(
        "mktree", stdin=f"040000 tree {inner}\t{folder}\n".encode()
    ).strip()
    commit = origin.git("commit-tree", outer, "-m", "evil").strip()
    clone.fetch_names(commit)
    (file,) = clone.files(commit, EVERY_CSV)
    assert file.fault == "its path leaves the repository"


def test_an_ordinary_file_has_no_fault(
    clone: Repository, origin: Origin
) -> None:
    origin.write({"a.csv": READINGS})
    clone.fetch_names(origin.commit)
    (file,) = clone.files(origin.commit, EVERY_CSV)
    assert file.fault is None


def test_names_come_without_their_content(
    origin: Origin, tmp_path: Path
) -> None:
    origin.write({"a.csv": "a\n" + "0123456789" * 100_000})
    Repository(origin.url, tmp_path).fetch_names(origin.commit)
    fetched = sum(
        file.stat().st_size
        for file in (tmp_path / "clone/objects").rglob("*")
        if file.is_file()
    )
    assert fetched < 10_000


def test_a_file_comes_as_it_is(origin: Origin, tmp_path: Path) -> None:
    content = b"\xef\xbb\xbfa;b\r\n1,5;\xff\r"
    origin.write({"a.csv": content})
    assert source(origin, tmp_path, "a.csv") == content


def test_a_file_comes_without_the_others(
    origin: Origin, tmp_path: Path
) -> None:
    origin.write({"a.csv": READINGS, "b.csv": "0123456789" * 100_000})
    source(origin, tmp_path, "a.csv")
    packs = (tmp_path / "content/clone/objects/pack").glob("*.pack")
    assert sum(pack.stat().st_size for pack in packs) < 1_000


def test_a_file_of_git_lfs_comes_as_content(
    lfs_origin: Origin, tmp_path: Path
) -> None:
    lfs_origin.write({"data/a.csv": READINGS})
    assert source(lfs_origin, tmp_path, "data/a.csv").decode() == READINGS


def test_a_missing_object_of_git_lfs_is_an_error(
    lfs_origin: Origin, tmp_path: Path
) -> None:
    lfs_origin.write({"a.csv": READINGS})
    shutil.rmtree(lfs_origin.folder / ".git/lfs/objects")
    with pytest.raises(BadDataError, match="Git LFS has no object"):
        source(lfs_origin, tmp_path, "a.csv")


def test_a_damaged_object_of_git_lfs_is_an_error(
    lfs_origin: Origin, tmp_path: Path
) -> None:
    lfs_origin.write({"a.csv": READINGS})
    (stored,) = lfs_origin.lfs_objects
    stored.chmod(0o644)
    stored.write_bytes(READINGS.replace("2016", "2017").encode())
    with pytest.raises(BadDataError, match="a damaged object"):
        source(lfs_origin, tmp_path, "a.csv")


def test_a_file_that_is_too_large_is_refused(
    origin: Origin, tmp_path: Path
) -> None:
    origin.write({"a.csv": READINGS})
    clone = Repository(origin.url, tmp_path)
    clone.fetch_names(origin.commit)
    (file,) = clone.files(origin.commit, EVERY_CSV)
    with pytest.raises(BadDataError, match="at most 10 fit"):
        fetch_source(clone, file.blob, tmp_path, 10)


def test_an_object_of_git_lfs_that_is_too_large_is_not_fetched(
    lfs_origin: Origin, tmp_path: Path
) -> None:
    lfs_origin.write({"a.csv": READINGS})
    clone = Repository(lfs_origin.url, tmp_path)
    clone.fetch_names(lfs_origin.commit)
    (file,) = clone.files(lfs_origin.commit, EVERY_CSV)
    with pytest.raises(BadDataError, match="at most 10 fit"):
        fetch_source(clone, file.blob, tmp_path, 10)
    assert not (tmp_path / "clone/lfs").exists()


def test_history_that_was_rewritten_is_reported(
    origin: Origin, clone: Repository, tmp_path: Path
) -> None:
    origin.write({"a.csv": READINGS})
    with pytest.raises(BadDataError, match="history was rewritten"):
        clone.fetch_blob("1" * 40, tmp_path / "file")


def test_no_hook_of_a_repository_runs(origin: Origin, tmp_path: Path) -> None:
    origin.write({"a.csv": READINGS})
    marker = tmp_path / "marker"
    hooks = origin.folder / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-checkout", "reference-transaction", "post-merge"):
        hook = hooks / name
        hook.write_text(f"#!/bin/sh\ntouch {marker}\n")
        hook.chmod(0o755)
    source(origin, tmp_path, "a.csv")
    assert not marker.exists()


def test_configuration_of_this_machine_is_not_read(
    origin: Origin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(
        f'[url "file:///nosuch/"]\n insteadOf = {origin.url}\n'
    )
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_DIR", "/nosuch")
    origin.write({"a.csv": READINGS})
    assert Repository(origin.url, tmp_path).commit("main") == origin.commit


def test_a_disk_that_is_full_is_reported(
    origin: Origin, clone: Repository
) -> None:
    origin.write({"a.csv": "0123456789" * 100_000})
    clone.fetch_names(origin.commit)
    (file,) = clone.files(origin.commit, EVERY_CSV)
    with pytest.raises(NoSpaceError, match="disk is full"):
        clone.fetch_blob(file.blob, FULL_DISK)
