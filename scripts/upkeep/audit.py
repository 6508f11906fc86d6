"""Checks the locked packages against the known vulnerabilities.

``make audit`` asks OSV; with ``--database FILE``, what OSV has published as a
file is asked instead, and no network is needed. All else is handed to
``uv audit``.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from checkout.paths import ROOT
from steps.contract.errors import ModerateError
from upkeep.advisories import Advisories, served

COMMAND = (
    str(ROOT / "scripts/uv"),
    "audit",
    "--frozen",
    "--preview-features",
    "audit",
)
WRONG_DATA = 65


def main(arguments: list[str] | None = None) -> int:
    """Audits the lock.

    Args:
        arguments: The command line without the program's name.

    Returns:
        The exit code: uv's, 1 where there is a vulnerability, or 65 where
        the file is of no use.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", type=Path, metavar="FILE")
    given, further = parser.parse_known_args(arguments)
    if given.database is None:
        return _audit(*further)
    try:
        with served(Advisories(given.database)) as url:
            return _audit(f"--service-url={url}", *further)
    except ModerateError as error:
        sys.stderr.write(f"error: {error}\n")
        return WRONG_DATA


def _audit(*flags: str) -> int:
    done = subprocess.run(  # noqa: S603  (this checkout's own uv)
        [*COMMAND, *flags], check=False, cwd=ROOT
    )
    return done.returncode


if __name__ == "__main__":
    raise SystemExit(main())
