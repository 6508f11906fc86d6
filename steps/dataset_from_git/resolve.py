"""Finds out what of a dataset has to be converted and uploaded."""

import logging
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from steps.clients.platform_api_settings import PlatformApiSettings
from steps.clients.postgres_settings import PostgresSettings
from steps.contract.batches import Discovered
from steps.contract.step import Resources, step
from steps.contract.wire import Encoded
from steps.dataset_from_git.settings import IMAGE, NAMESPACE, GitSettings

MOST_AT_A_TIME = 10
KEEP = r"^(all|[1-9][0-9]?)$"

log = logging.getLogger(__name__)


class ResolveInputs(BaseModel):
    """Which dataset is brought up to date, and how.

    Attributes:
        dataset: Its name.
        at_a_time: How many files are converted at the same time.
        keep: How many of the newest objects of each series stay where the
            asset cannot take new ones: a number, or ``all``.
        path: The one file of the dataset that is brought up to date; all of
            them where it is empty.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: str
    at_a_time: Annotated[int, Field(ge=1, le=MOST_AT_A_TIME)] = 2
    keep: Annotated[str, Field(pattern=KEEP)] = "all"
    path: Encoded = ""


class ResolveOutputs(Discovered):
    """What there is to do.

    Attributes:
        commit: The branch's commit.
        files: How many files were looked at.
        there: How many of them are uploaded at this commit already.
    """

    commit: str
    files: int
    there: int


@step(
    "dataset-resolve",
    image=IMAGE,
    resources=Resources(memory="128Mi", memory_limit="512Mi"),
    deadline_seconds=900,
)
def resolve(
    inputs: ResolveInputs,
    git: GitSettings,
    api: PlatformApiSettings,
    postgres: PostgresSettings,
) -> ResolveOutputs:
    """Lists a dataset's files, and those that are not uploaded yet.

    Args:
        inputs: The dataset.
        git: Where repositories are fetched from.
        api: The Platform API.
        postgres: Where uploads are recorded.

    Returns:
        A batch for each file that is not uploaded at this commit.

    Raises:
        BadDataError: The repository, a glob, the path or the asset's quota is
            at fault.
        ModerateError: A service failed.
    """
    from steps.clients.platform_api import PlatformApi
    from steps.dataset_from_git.datasets import find_dataset
    from steps.dataset_from_git.listing import list_files
    from steps.dataset_from_git.planning import plan
    from steps.state.state import State

    dataset = find_dataset(inputs.dataset, git)
    listing = list_files(dataset, git)
    with PlatformApi(api) as platform, State(postgres, NAMESPACE) as state:
        planned = plan(
            dataset, listing, platform, api, state, only=inputs.path
        )
        planned.free_quota(platform, inputs.keep)
    log.info(
        "%s at %s: %d files, %d of them uploaded already",
        *(dataset.name, listing.commit, planned.files, planned.there),
    )
    return ResolveOutputs(
        batches=planned.batches(inputs.at_a_time),
        commit=listing.commit,
        files=planned.files,
        there=planned.there,
    )
