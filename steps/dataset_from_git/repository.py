"""A public Git repository: its commit, its files' names, one file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from steps.contract.errors import BadDataError
from steps.dataset_from_git.git import REMOTE, Git

ALLOWED_URLS = ("https://", "file:///")
COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
LARGEST_REFS_BYTES = 64 * 1024
LARGEST_LIST_BYTES = 1024**2
REGULAR_MODES = frozenset({"100644", "100755"})
SYMLINK_MODE = "120000"


@dataclass(frozen=True)
class RepositoryFile:
    """A file of a commit.

    Attributes:
        path: Its path; bytes that are not UTF-8 are escaped.
        mode: Its mode, as Git writes it.
        blob: The number of its content, or of its LFS pointer.
    """

    path: str
    mode: str
    blob: str

    @property
    def fault(self) -> str | None:
        """Why it cannot be converted, None where it can."""
        if self.mode == SYMLINK_MODE:
            return "it is a symbolic link; links are not followed"
        if self.mode not in REGULAR_MODES:
            return f"it is not a regular file (mode {self.mode})"
        if {"..", ".", "", ".git"} & {
            part.lower() for part in self.path.split("/")
        }:
            return "its path leaves the repository"
        return None


class Repository:
    """A public Git repository; fetches no more than what is asked for."""

    def __init__(self, url: str, folder: Path) -> None:
        """Prepares an empty clone; nothing is fetched yet.

        Args:
            url: Where it is: https, or file for a mirror.
            folder: Where everything goes that is fetched.

        Raises:
            BadDataError: The URL is of another protocol.
            ModerateError: Git could not be started.
        """
        if not url.startswith(ALLOWED_URLS):
            raise BadDataError(
                f"The repository {url!r} cannot be read: only https is "
                "allowed. Correct the dataset's entry."
            )
        self._git = Git(url, folder / "clone")

    @property
    def url(self) -> str:
        """Where it is."""
        return self._git.url

    def commit(self, branch: str) -> str:
        """Asks for the commit that a branch is at.

        Args:
            branch: Name of the branch.

        Returns:
            The commit's number.

        Raises:
            ModerateError: There is no such repository or branch, or it cannot
                be read.
        """
        ref = f"refs/heads/{branch}"
        refs = self._git.output(
            "ls-remote", REMOTE, ref, limit=LARGEST_REFS_BYTES
        )
        for line in refs.decode(errors="replace").splitlines():
            commit, _, name = line.partition("\t")
            if name == ref and COMMIT.fullmatch(commit):
                return commit
        raise BadDataError(
            f"{self.url} has no branch {branch!r}. Correct the dataset's "
            "entry."
        )

    def fetch_names(self, commit: str) -> None:
        """Fetches a commit with its files' names, without their content.

        Args:
            commit: Its number.

        Raises:
            ModerateError: It is no longer there, or cannot be read.
        """
        self._git.run(
            "fetch",
            "--quiet",
            "--depth=1",
            "--filter=blob:none",
            "--no-tags",
            "--no-write-fetch-head",
            REMOTE,
            commit,
        )

    def files(self, commit: str, pattern: str) -> list[RepositoryFile]:
        """Lists the files whose path matches a glob.

        Args:
            commit: A fetched commit.
            pattern: The glob; ``**`` stands for any folders.

        Returns:
            The files, in the order of their paths.

        Raises:
            BadDataError: Nothing matches, or far too much.
            ModerateError: Git failed.
        """
        listed = self._git.output(
            "diff-tree",
            "-r",
            "-z",
            "--root",
            "--no-commit-id",
            commit,
            "--",
            f":(glob){pattern}",
            limit=LARGEST_LIST_BYTES,
        )
        if not listed:
            raise BadDataError(
                f"{pattern} matches no file of {self.url} at {commit}: its "
                "layout has changed. Correct the dataset's entry."
            )
        if len(listed) == LARGEST_LIST_BYTES:
            raise BadDataError(
                f"{pattern} matches too many files of {self.url}: their "
                f"names alone are over {LARGEST_LIST_BYTES:,} bytes. Make "
                "the dataset's globs narrower."
            )
        return list(_read_list(listed))

    def fetch_blob(self, blob: str, target: Path) -> None:
        """Fetches one file's content, or its LFS pointer.

        Args:
            blob: Its number.
            target: Where it goes.

        Raises:
            ModerateError: It is no longer there, or cannot be read.
        """
        with target.open("wb") as file:
            self._git.run("cat-file", "blob", blob, stdout=file)

    def fetch_lfs_object(self, pointer: bytes) -> Path:
        """Fetches what an LFS pointer stands for.

        Args:
            pointer: The pointer file's content.

        Returns:
            The folder in which Git LFS keeps its objects.

        Raises:
            ModerateError: Git LFS could not fetch it.
        """
        self._git.run("lfs", "smudge", stdin=pointer)
        return self._git.folder / "lfs/objects"


def _read_list(listed: bytes) -> Iterator[RepositoryFile]:
    """Reads ``:<modes> <numbers> A NUL <path> NUL`` again and again."""
    fields = listed.split(b"\0")
    for state, name in zip(fields[::2], fields[1::2], strict=False):
        _, mode, _, blob, _ = state.decode().split(" ")
        path = name.decode(errors="backslashreplace")
        yield RepositoryFile(path=path, mode=mode, blob=blob)
