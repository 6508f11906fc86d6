"""Real Git repositories, made on the spot, with real Git LFS."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from steps.dataset_from_git.datasets import DATASETS
from steps.dataset_from_git.settings import GITHUB

AUTHOR = {
    f"GIT_{role}_{field}": value
    for role in ("AUTHOR", "COMMITTER")
    for field, value in (("NAME", "jane"), ("EMAIL", "jane@example.org"))
}
INSTALL = "apt-get install git git-lfs"
LFS_FILTER = (
    ("filter.lfs.clean", "git-lfs clean -- %f"),
    ("filter.lfs.smudge", "git-lfs smudge -- %f"),
    ("filter.lfs.process", "git-lfs filter-process"),
    ("filter.lfs.required", "true"),
)
READINGS = "timestamp,kWh\n2016-01-01 00:00:00,1.5\n2016-01-01 01:00:00,2\n"


def is_installed() -> bool:
    """Tells whether Git and Git LFS are there."""
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
        """Run Git in it."""
        done = subprocess.run(
            ["git", *arguments],
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
            check=True,
        )
        return done.stdout.decode()

    def write(self, files: Mapping[str, str | bytes]) -> str:
        """Commit files; return the commit."""
        for name, content in files.items():
            file = self.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            data = content.encode() if isinstance(content, str) else content
            file.write_bytes(data)
        return self.save()

    def save(self) -> str:
        """Commit the work tree as it is; return the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message=data")
        return self.commit

    @property
    def lfs_objects(self) -> list[Path]:
        """The files in which Git LFS keeps its objects."""
        objects = self.folder / ".git/lfs/objects"
        return [file for file in objects.rglob("*") if file.is_file()]


def make_origin(folder: Path, branch: str, *, lfs: bool = False) -> Origin:
    """Make a repository, with all CSV files in Git LFS if asked."""
    folder.mkdir(parents=True)
    origin = Origin(folder)
    origin.git("init", "--quiet", f"--initial-branch={branch}")
    origin.git("config", "uploadpack.allowFilter", "true")
    if lfs:
        for key, value in LFS_FILTER:
            origin.git("config", key, value)
        origin.write({".gitattributes": "*.csv filter=lfs -text\n"})
    return origin


@dataclass(frozen=True)
class Hub:
    """What stands for GitHub: the repositories of the datasets.

    Attributes:
        folder: Where they are, as ``<owner>/<name>``.
    """

    folder: Path

    @property
    def mirror(self) -> str:
        """What stands for ``https://github.com/``."""
        return f"file://{self.folder}/"

    def origin(self, dataset: str, *, lfs: bool = False) -> Origin:
        """Make the repository of a dataset."""
        entry = DATASETS[dataset]
        folder = self.folder / entry.url.removeprefix(GITHUB)
        return make_origin(folder, entry.branch, lfs=lfs)
