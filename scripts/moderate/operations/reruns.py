"""Running one part of a pipeline's work again."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moderate.settings import from_this_machine
from moderate.workflow_index import Workflow, find
from steps.clients.platform_api_settings import PlatformApiSettings
from steps.contract.errors import BadDataError, WrongUseError
from workflows.authoring.names import API_VERSION, labels

DATABASES = "postgres-ingestion"
PREFIXES = "datalake-ingestion"
FILES = "dataset-from-git"
JOBS = "matrix-profile"
JOB_TYPE = "matrix_profile"
FOLDER_MARK = "/"
SIGN_IN_SECONDS = 10.0
BUCKET_VARIABLE = "S3_BUCKET_NAME"


@dataclass(frozen=True)
class Rerun:
    """A workflow that does one part of its work.

    Attributes:
        workflow: The workflow.
        arguments: Plain values by parameter.
    """

    workflow: Workflow
    arguments: Mapping[str, str]

    def manifest(self) -> dict[str, Any]:
        """Makes the Workflow that a cluster runs.

        Returns:
            The object, in which Argo finds nothing to evaluate.
        """
        return workflow_of(
            self.workflow.name, self.workflow.wire_arguments(self.arguments)
        )


def workflow_of(template: str, arguments: Mapping[str, str]) -> dict[str, Any]:
    """Makes a Workflow of a WorkflowTemplate.

    Args:
        template: The template's name.
        arguments: Values by parameter, as Argo is to carry them.

    Returns:
        The object; its name is generated.
    """
    return {
        "apiVersion": API_VERSION,
        "kind": "Workflow",
        "metadata": {
            "generateName": f"{template}-",
            "labels": labels(template),
        },
        "spec": {
            "workflowTemplateRef": {"name": template},
            "arguments": {
                "parameters": [
                    {"name": name, "value": value}
                    for name, value in arguments.items()
                ]
            },
        },
    }


def database(name: str) -> Rerun:
    """Describes one database anew.

    Args:
        name: Its exact name.

    Returns:
        What to run.

    Raises:
        WrongUseError: The name is empty.
    """
    return _ingestion(DATABASES, _given(name, "database"))


def prefix(name: str) -> Rerun:
    """Describes one top-level prefix of the bucket anew.

    Args:
        name: Its name, with or without the slash at its end.

    Returns:
        What to run.

    Raises:
        WrongUseError: The name is empty, or is below a prefix.
    """
    folder = _given(name, "prefix").removesuffix(FOLDER_MARK)
    if FOLDER_MARK in folder:
        raise WrongUseError(
            f"{name!r} is below a prefix. Name the top-level one: "
            f"{folder.partition(FOLDER_MARK)[0] + FOLDER_MARK!r}."
        )
    return _ingestion(PREFIXES, folder + FOLDER_MARK)


def dataset_file(dataset: str, path: str) -> Rerun:
    """Brings one file of a dataset up to date.

    Args:
        dataset: The dataset's name.
        path: The file's path in the repository.

    Returns:
        What to run.

    Raises:
        WrongUseError: The dataset or the path is empty.
    """
    arguments = {
        "dataset": _given(dataset, "dataset"),
        "path": _given(path, "path"),
    }
    return Rerun(find(FILES), arguments)


def job(job_id: int, *, again: bool) -> Rerun:
    """Runs a matrix profile job, from the platform's data of it.

    Args:
        job_id: The job's number.
        again: Whether results that it has are replaced.

    Returns:
        What to run.

    Raises:
        BadDataError: There is no such job, it is of another kind, it cannot
            be run, or it has results that are not to be replaced.
        ModerateError: The platform could not be asked.
    """
    from steps.clients.platform_api import PlatformApi
    from steps.clients.platform_api.jobs import find_job
    from steps.matrix_profile_catch_up.message import (
        message_of,
    )

    values = from_this_machine()
    settings = PlatformApiSettings.of(values)
    with PlatformApi(settings, sign_in_seconds=SIGN_IN_SECONDS) as platform:
        found = find_job(platform, job_id)
        if found is None or found.job_type != JOB_TYPE:
            raise BadDataError(
                f"The platform has no matrix profile job {job_id}. Check "
                "its number on the platform's page."
            )
        if found.finalised_at is not None and not again:
            raise BadDataError(
                f"Job {job_id} has its results already: it "
                f"{_ending(found.results)}. --again computes it anew and "
                "replaces them."
            )
        message = message_of(found, platform, values.get(BUCKET_VARIABLE, ""))
    return Rerun(
        find(JOBS),
        {
            "message": message,
            "job_id": str(job_id),
            "again": json.dumps(again),
        },
    )


def _ingestion(workflow: str, name: str) -> Rerun:
    """Chooses one item by its whole name, also one that is left out else."""
    include = json.dumps([re.escape(name)], ensure_ascii=False)
    return Rerun(find(workflow), {"include": include, "ignore": "[]"})


def _given(name: str, what: str) -> str:
    if not name:
        raise WrongUseError(f"The {what}'s name is empty. Name one.")
    return name


def _ending(results: Mapping[str, Any] | None) -> str:
    error = (results or {}).get("error")
    return f"failed with {error!r}" if error else "succeeded"
