"""From a step's outputs to one file per field, all of them or none."""

import os
import shutil
import tempfile
from pathlib import Path

from pydantic import BaseModel

from steps.contract.arguments import to_wire
from steps.contract.errors import BadDataError

OUTPUTS_DIR_VARIABLE = "STEP_OUTPUTS_DIR"
DEFAULT_OUTPUTS_DIR = "/tmp/outputs"  # noqa: S108  (the pod's own volume)
LARGEST_OUTPUT_BYTES = 256 * 1024


def outputs_dir() -> Path:
    """Returns the folder that Argo reads the outputs from."""
    return Path(os.environ.get(OUTPUTS_DIR_VARIABLE, DEFAULT_OUTPUTS_DIR))


def clear_outputs(folder: Path) -> None:
    """Removes what an earlier try has left.

    Args:
        folder: The outputs' folder.
    """
    shutil.rmtree(folder, ignore_errors=True)


def write_outputs(outputs: BaseModel, folder: Path) -> None:
    """Writes one file per field, all of them at once.

    Args:
        outputs: The step's outputs.
        folder: Where they go; it must not exist yet.

    Raises:
        BadDataError: A field is larger than Argo keeps of a parameter.
    """
    fields = type(outputs).model_fields
    texts = {
        name: to_wire(value, fields[name])
        for name, value in outputs.model_dump(mode="json").items()
    }
    for name, text in texts.items():
        size = len(text.encode())
        if size > LARGEST_OUTPUT_BYTES:
            raise BadDataError(
                f"The output {name!r} has {size:,} bytes; Argo keeps at "
                f"most {LARGEST_OUTPUT_BYTES:,} of a parameter. Return "
                "keys, or fewer items at a time."
            )
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(
        tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-")
    )
    partial.chmod(0o755)
    for name, text in texts.items():
        (partial / name).write_text(text, encoding="utf-8")
    partial.rename(folder)
