"""What the ends of Git commands mean, and what to do about them."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Self

from steps.contract.errors import (
    BadDataError,
    BadSettingsError,
    ModerateError,
    TemporaryError,
)

EXCERPT_BYTES = 2_000
EXCERPT_CHARACTERS = 300
LFS = "lfs"


class NoSpaceError(TemporaryError):
    """A disk is full: another node, or a later time, may have space."""


@dataclass(frozen=True)
class GitEnd:
    """How a Git command failed.

    Attributes:
        url: The repository.
        command: What followed ``git``.
        code: The exit code.
        message: The end of its standard error.
    """

    url: str
    command: str
    code: int
    message: str

    @classmethod
    def read(
        cls,
        url: str,
        arguments: Sequence[str],
        code: int,
        errors: IO[bytes],
    ) -> Self:
        """Reads a command's standard error, without secrets.

        Args:
            url: The repository.
            arguments: What followed ``git``.
            code: The exit code.
            errors: Its standard error.

        Returns:
            How it failed.
        """
        size = errors.seek(0, os.SEEK_END)
        errors.seek(max(0, size - EXCERPT_BYTES))
        text = " ".join(errors.read().decode(errors="replace").split())
        readable = "".join(
            character for character in text if character.isprintable()
        )
        return cls(url, arguments[0], code, readable)


@dataclass(frozen=True)
class Meaning:
    """What some phrases of Git mean.

    Attributes:
        phrases: The phrases, in the locale C.
        error: The error that they stand for.
        sentence: The message of the error.
        command: The command that prints it; any where None.
    """

    phrases: tuple[str, ...]
    error: type[ModerateError]
    sentence: str
    command: str | None = None

    def fits(self, end: GitEnd) -> bool:
        """Returns whether a command failed for this reason."""
        return self.command in {None, end.command} and any(
            phrase in end.message for phrase in self.phrases
        )


MEANINGS = (
    Meaning(
        ("is not a git command",),
        BadSettingsError,
        "Git LFS is not installed. The image `datasets` has it; on this "
        "machine, install the package git-lfs.",
        command=LFS,
    ),
    Meaning(
        (
            "No space left on device",
            "Disk quota exceeded",
            "unable to stream",
            "write error",
        ),
        NoSpaceError,
        "The disk is full, or fails, while fetching from {url}. Give the step "
        "a larger scratch volume, or free space on the node.",
    ),
    Meaning(
        ("missing object", "[404]", "does not exist"),
        BadDataError,
        "Git LFS has no object for it, only its pointer is there. Its owner "
        "has to push the object.",
        command=LFS,
    ),
    Meaning(
        (", expected ",),
        BadDataError,
        "Git LFS has a damaged object for it. Its owner has to push the "
        "object again.",
        command=LFS,
    ),
    Meaning(
        (
            "could not read Username",
            "could not read Password",
            "Authentication failed",
            "Authorization error",
            "Authentication required",
        ),
        BadDataError,
        "{url} asks for a password, which is also GitHub's answer for a "
        "repository that is not there. Only public repositories can be "
        "read; check the URL.",
    ),
    Meaning(
        (
            "does not appear to be a git repository",
            "not found",
            "returned error: 404",
        ),
        BadDataError,
        "There is no repository {url}: {excerpt}. Check the URL.",
    ),
    Meaning(
        ("not our ref", "bad file"),
        BadDataError,
        "{url} no longer has what it had when the run started: its history "
        "was rewritten. Run again.",
    ),
    Meaning(
        ("not allowed", "returned error: 400", "returned error: 403"),
        BadDataError,
        "{url} cannot be read: {excerpt}",
    ),
)
UNKNOWN = Meaning(
    (),
    TemporaryError,
    "git {command} of {url} failed: {excerpt}. Check that this host can be "
    "reached from here.",
)


def explain(end: GitEnd) -> ModerateError:
    """Makes an error of a failed command.

    Args:
        end: How it failed.

    Returns:
        The error: temporary where it may pass by itself.
    """
    fitting = (meaning for meaning in MEANINGS if meaning.fits(end))
    meaning = next(fitting, UNKNOWN)
    return meaning.error(
        meaning.sentence.format(
            url=end.url,
            command=end.command,
            excerpt=end.message[-EXCERPT_CHARACTERS:] or f"exit {end.code}",
        )
    )
