"""Runs the matrix profile job as the process of a container."""

import sys

from steps.contract.log import start_log
from steps.contract.process import guard, secrets_of
from steps.matrix_profile.compute.job import run_job
from steps.matrix_profile.compute.profile import matrix_profile
from steps.matrix_profile.compute.settings import JobSettings


def main() -> None:
    """Runs the job that the environment describes."""
    settings = JobSettings.load()
    start_log(secrets_of([settings]))
    run_job(settings, matrix_profile)


if __name__ == "__main__":
    start_log()
    sys.exit(guard(main))
