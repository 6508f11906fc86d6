"""``python -m local_services.stack.supervisor``: keeps one service running.

It runs as long as its service: the kernel ends the service when the
supervisor ends, and the supervisor ends when a process of the service does.
"""

import argparse
import os
import signal
import sys
from pathlib import Path

from local_services.stack.names import Name
from local_services.stack.serving import SERVED
from local_services.stack.settings import stack_settings
from steps.contract.errors import ModerateError, UnavailableError

FAILURE = 1


class AskedToEndError(BaseException):
    """The service is to end."""


def main() -> int:
    """Serves until the service ends, or is to end.

    Returns:
        The exit code: 0 when it was to end.
    """
    signal.signal(signal.SIGTERM, _end)
    options = _options()
    try:
        _keep(options.name, options.folder, options.env_file, options.ready)
    except AskedToEndError:
        return 0
    except (UnavailableError, ModerateError, OSError) as error:
        sys.stderr.write(f"{options.name}: {error}\n")
    return FAILURE


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("name", type=Name)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--env-file", type=Path, required=True)
    parser.add_argument("--ready", type=Path, required=True)
    return parser.parse_args()


def _keep(name: Name, folder: Path, env_file: Path, ready: Path) -> None:
    with SERVED[name](folder, stack_settings(env_file)):
        ready.touch()
        _wait_for_a_child()
    raise UnavailableError("a process of it has ended by itself")


def _wait_for_a_child() -> None:
    """Returns when a child has ended; never where there is none."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
    except ChildProcessError:
        signal.pause()


def _end(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise AskedToEndError


if __name__ == "__main__":
    sys.exit(main())
