"""Steps as a container runs them: processes with an environment."""

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
STEPS_PROGRAM = ("-m", "steps")
TIMEOUT_SECONDS = 240


@dataclass(frozen=True)
class StepRun:
    """How a step's process ended.

    Attributes:
        exit_code: Its exit code.
        stdout: What it printed.
        stderr: What it logged.
        outputs: The text of each output file by name.
        folder: The outputs' folder.
    """

    exit_code: int
    stdout: str
    stderr: str
    outputs: Mapping[str, str]
    folder: Path

    @property
    def everything(self) -> str:
        """All text that the process wrote anywhere."""
        return "\n".join([self.stdout, self.stderr, *self.outputs.values()])


RunStep = Callable[..., StepRun]


def run_step(
    arguments: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    program: Sequence[str] = STEPS_PROGRAM,
    python: str | Path = sys.executable,
) -> StepRun:
    """Run a step with exactly this environment."""
    done = subprocess.run(
        [python, *program, *arguments],
        cwd=ROOT,
        env={**environment, "STEP_OUTPUTS_DIR": str(folder)},
        capture_output=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    files = folder.iterdir() if folder.is_dir() else ()
    return StepRun(
        exit_code=done.returncode,
        stdout=done.stdout.decode(),
        stderr=done.stderr.decode(),
        outputs={file.name: file.read_bytes().decode() for file in files},
        folder=folder,
    )
