"""Sources of newest versions."""

import os
import re
from dataclasses import dataclass
from typing import Protocol

from checkout.paths import ROOT
from local_services.cache import MAVEN_CENTRAL, MAVEN_VARIABLE
from upkeep.asking import NotAskedError, newest_like, request, run

UV = ROOT / "scripts/uv"
COMPILE = (
    "pip",
    "compile",
    "--quiet",
    "--no-deps",
    "--no-header",
    "--no-annotate",
    "-",
)
MAVEN_VERSION = re.compile(r"<version>([^<]+)</version>")


class Source(Protocol):
    """Sources of newest versions."""

    def newest(self) -> str:
        """Asks for the newest version.

        Returns:
            The version, written as the pinned one is.

        Raises:
            NotAskedError: It could not be asked.
        """
        ...


@dataclass(frozen=True)
class PackageIndex:
    """The index of Python packages that uv is set up with.

    Attributes:
        package: The package.
    """

    package: str

    def newest(self) -> str:
        """Asks uv for the newest release that this Python can use."""
        try:
            answer = run(str(UV), *COMPILE, given=self.package)
        except NotAskedError as error:
            raise NotAskedError(f"{self.package}: {error}") from error
        return answer.strip().partition("==")[2]


@dataclass(frozen=True)
class GitTags:
    """The tags of a Git repository.

    Attributes:
        url: The repository.
        like: How its versions are written.
        commit: What that version's tag has to be, where that is pinned.
    """

    url: str
    like: str
    commit: str | None = None

    def newest(self) -> str:
        """Asks for the tags, and checks whether the pinned one has moved."""
        commits: dict[str, set[str]] = {}
        for line in run("git", "ls-remote", "--tags", self.url).splitlines():
            commit, _, reference = line.partition("\t")
            tag = reference.removeprefix("refs/tags/").removesuffix("^{}")
            commits.setdefault(tag, set()).add(commit)
        if self.commit and self.commit not in commits.get(self.like, set()):
            return f"{self.like}, which is another commit"
        return newest_like(self.like, commits)


@dataclass(frozen=True)
class MavenVersions:
    """The versions in Maven Central, or in the mirror that is set up.

    Attributes:
        path: Group and artifact, as a path.
        like: How its versions are written.
    """

    path: str
    like: str

    def newest(self) -> str:
        """Asks the repository for the artifact's versions."""
        repository = os.environ.get(MAVEN_VARIABLE) or MAVEN_CENTRAL
        url = f"{repository.rstrip('/')}/{self.path}/maven-metadata.xml"
        answer = request("GET", url)
        return newest_like(self.like, MAVEN_VERSION.findall(answer.text))
