"""Runs a step: ``python -m steps <name> --key=value …``."""

import sys

from steps.contract.errors import ExitCode
from steps.contract.process import run_step
from steps.registry import STEPS

USAGE = """\
usage: python -m steps NAME --key=value ...

Text is given as it is, everything else as JSON; text from outside may be
base64url behind the mark b64:. Outputs are written to $STEP_OUTPUTS_DIR
(/tmp/outputs).

steps: {names}

example: python -m steps check-connections --required=[]
"""


def main() -> int:
    """Runs the step that the command line names.

    Returns:
        The exit code.
    """
    if not sys.argv[1:] or sys.argv[1] in {"-h", "--help"}:
        sys.stderr.write(USAGE.format(names=", ".join(STEPS)))
        return ExitCode.DONE if sys.argv[1:] else ExitCode.WRONG_USE
    return run_step(sys.argv[1], sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
