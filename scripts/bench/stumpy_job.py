"""The matrix profile job with STUMPY as its engine, to compare with."""

import sys

import numpy as np
import stumpy

from steps.contract.log import start_log
from steps.contract.process import guard, secrets_of
from steps.matrix_profile.compute.job import run_job
from steps.matrix_profile.compute.profile import MatrixProfile
from steps.matrix_profile.compute.settings import JobSettings
from steps.matrix_profile.compute.windows import Floats, Windows

DISTANCES = 0


def stumpy_profile(values: Floats, window: int) -> MatrixProfile:
    """Computes a matrix profile with STUMPY.

    Args:
        values: The series; NaN where a value is missing.
        window: Samples in a window.

    Returns:
        The matrix profile.
    """
    found = stumpy.stump(values, window)
    return MatrixProfile(
        windows=Windows(values, window),
        distances=found[:, DISTANCES].astype(np.float64),
    )


def main() -> None:
    """Runs the job that the environment describes."""
    settings = JobSettings.load()
    start_log(secrets_of([settings]))
    run_job(settings, stumpy_profile)


if __name__ == "__main__":
    start_log()
    sys.exit(guard(main))
