"""What the steps of datasets have in common, light enough for each."""

from typing import ClassVar

from pydantic import Field

from steps.contract.settings import ServiceSettings

IMAGE = "datasets"
NAMESPACE = "dataset-from-git"
GITHUB = "https://github.com/"


class GitSettings(ServiceSettings):
    """Where the repositories of datasets are fetched from."""

    service: ClassVar[str] = "datasets"

    datasets_git_mirror: str = Field(
        default=GITHUB,
        description=(
            "what stands for https://github.com/ in the URLs of datasets' "
            "repositories, file:///… on this machine alone"
        ),
        examples=[GITHUB],
        pattern=r"^(https://|file:///)[^\s?#@]*/$",
    )

    datasets_list: str = Field(
        default="",
        description=(
            "the datasets, as a JSON list; the project's own where empty"
        ),
        examples=["[]"],
    )

    def source_of(self, url: str) -> str:
        """Returns where a repository is fetched from.

        Args:
            url: The repository's own URL.

        Returns:
            The same, or the mirror's.
        """
        if url.startswith(GITHUB):
            return self.datasets_git_mirror + url.removeprefix(GITHUB)
        return url
