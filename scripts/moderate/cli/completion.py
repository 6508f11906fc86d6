"""Completion of workflows and parameters in a shell."""

import shlex
from collections.abc import Iterator

import typer

from moderate.workflow_index import Parameter, workflows

# What a shell puts in, and what it shows beside it.
Offer = tuple[str, str]


def offer_workflows(incomplete: str) -> Iterator[Offer]:
    """Offers the workflows' names.

    Args:
        incomplete: What has been typed so far.

    Yields:
        Names that begin like that, with their titles.
    """
    for workflow in workflows():
        if workflow.name.startswith(incomplete):
            yield workflow.name, workflow.title


def offer_parameters(
    context: typer.Context, incomplete: str
) -> Iterator[Offer]:
    """Offers the parameters of the workflow that has been named.

    Args:
        context: What has been typed before.
        incomplete: What has been typed of the parameter.

    Yields:
        ``name=default`` for names that begin like that.
    """
    # An option without its value yet leaves the name among the rest.
    named = {context.params.get("name"), *context.args}
    for workflow in workflows():
        if workflow.name in named:
            for parameter in workflow.parameters:
                if parameter.name.startswith(incomplete):
                    yield _assignment(parameter), parameter.description


def _assignment(parameter: Parameter) -> str:
    """Writes a parameter with its default, where no shell minds it."""
    default = parameter.default or ""
    safe = default if shlex.quote(default) == default else ""
    return f"{parameter.name}={safe}"


def offer_datasets(incomplete: str) -> Iterator[Offer]:
    """Offers the datasets' names.

    Args:
        incomplete: What has been typed so far.

    Yields:
        Names that begin like that, with their titles.
    """
    from steps.dataset_from_git.datasets import DATASETS

    for dataset in DATASETS.values():
        if dataset.name.startswith(incomplete):
            yield dataset.name, dataset.title
