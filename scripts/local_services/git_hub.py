"""Real Git repositories on this machine, with real Git LFS."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from steps.contract.errors import UnavailableError

INSTALL = "apt-get install git git-lfs"
AUTHOR: Mapping[str, str] = {
    f"GIT_{role}_{field}": value
    for role in ("AUTHOR", "COMMITTER")
    for field, value in (("NAME", "jane"), ("EMAIL", "jane@example.org"))
}
LFS_FILTER: Mapping[str, str] = {
    "filter.lfs.clean": "git-lfs clean -- %f",
    "filter.lfs.smudge": "git-lfs smudge -- %f",
    "filter.lfs.process": "git-lfs filter-process",
    "filter.lfs.required": "true",
}


def is_installed() -> bool:
    """Returns whether Git and Git LFS are there."""
    return bool(shutil.which("git") and shutil.which("git-lfs"))


@dataclass(frozen=True)
class Origin:
    """A repository that others fetch from.

    Attributes:
        folder: Where it is.
    """

    folder: Path

    @property
    def url(self) -> str:
        """Where others fetch from."""
        return f"file://{self.folder}"

    @property
    def commit(self) -> str:
        """The commit that its branch is at."""
        return self.git("rev-parse", "HEAD").strip()

    def git(self, *arguments: str, stdin: bytes = b"") -> str:
        """Runs Git in it, without this machine's configuration.

        Args:
            *arguments: What follows ``git``.
            stdin: What it reads.

        Returns:
            What it prints.

        Raises:
            UnavailableError: It failed.
        """
        done = subprocess.run(  # noqa: S603  (commands of this project)
            ["git", *arguments],  # noqa: S607  (the machine's own)
            cwd=self.folder,
            env={
                **AUTHOR,
                "PATH": os.environ["PATH"],
                "GIT_CONFIG_GLOBAL": os.devnull,
                "GIT_CONFIG_NOSYSTEM": "1",
                "HOME": str(self.folder),
            },
            input=stdin,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise UnavailableError(
                f"git {arguments[0]}: {done.stderr.decode()}"
            )
        return done.stdout.decode()

    def write(self, files: Mapping[str, str | bytes]) -> str:
        """Commits files.

        Args:
            files: Their content by path.

        Returns:
            The commit.
        """
        for name, content in files.items():
            file = self.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            data = content.encode() if isinstance(content, str) else content
            file.write_bytes(data)
        return self.save()

    def save(self) -> str:
        """Commits the work tree as it is.

        Returns:
            The commit.
        """
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message=data")
        return self.commit

    @property
    def lfs_objects(self) -> list[Path]:
        """The files in which Git LFS keeps its objects."""
        objects = self.folder / ".git/lfs/objects"
        return [file for file in objects.rglob("*") if file.is_file()]


def make_origin(folder: Path, branch: str, *, lfs: bool = False) -> Origin:
    """Makes a repository.

    Args:
        folder: Where it goes.
        branch: Its branch.
        lfs: Whether all its CSV files are kept in Git LFS.

    Returns:
        The repository.
    """
    folder.mkdir(parents=True)
    origin = Origin(folder)
    origin.git("init", "--quiet", f"--initial-branch={branch}")
    origin.git("config", "uploadpack.allowFilter", "true")
    if lfs:
        for key, value in LFS_FILTER.items():
            origin.git("config", key, value)
        origin.write({".gitattributes": "*.csv filter=lfs -text\n"})
    return origin


@dataclass(frozen=True)
class Hub:
    """What stands for GitHub on this machine.

    Attributes:
        folder: Where its repositories are, as ``<owner>/<name>``.
    """

    folder: Path

    @property
    def settings(self) -> Mapping[str, str]:
        """The settings that reach it, by variable name."""
        return {"DATASETS_GIT_MIRROR": f"file://{self.folder}/"}

    def origin(self, name: str, branch: str, *, lfs: bool = False) -> Origin:
        """Makes a repository of it.

        Args:
            name: Its name, with its owner.
            branch: Its branch.
            lfs: Whether all its CSV files are kept in Git LFS.

        Returns:
            The repository.
        """
        return make_origin(self.folder / name, branch, lfs=lfs)
