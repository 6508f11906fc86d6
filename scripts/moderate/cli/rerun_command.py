"""``moderate rerun``: one part of a pipeline's work, once more."""

from typing import TYPE_CHECKING, Annotated

import typer
import yaml

from moderate.cli.completion import offer_datasets
from moderate.cli.options import (
    DEFAULT_NAMESPACE,
    AsJson,
    DryRun,
    Namespace,
    print_json,
)
from steps.contract.platform_id import LARGEST_ID

if TYPE_CHECKING:
    from moderate.operations.reruns import Rerun

DATABASE_EXAMPLES = """\
[bold]Examples[/]

moderate rerun database building_stock

moderate rerun database building_stock --dry-run
"""
PREFIX_EXAMPLES = """\
[bold]Examples[/]

moderate rerun prefix jane-assets/

moderate rerun prefix jane-assets/ --here
"""
FILE_EXAMPLES = """\
[bold]Examples[/]

moderate rerun file genome_project data/weather/weather.csv
"""
JOB_EXAMPLES = """\
[bold]Examples[/]

moderate rerun job 42

moderate rerun job 42 --again
"""

Here = Annotated[
    bool,
    typer.Option("--here", help="Run it on this machine, without a cluster."),
]

app = typer.Typer(
    name="rerun",
    help="Run one database, prefix, dataset file or job again.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@app.command("database", epilog=DATABASE_EXAMPLES)
def database(
    name: Annotated[str, typer.Argument(help="The database's name.")],
    namespace: Namespace = DEFAULT_NAMESPACE,
    *,
    here: Here = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Describe one database in OpenMetadata anew."""
    from moderate.operations import reruns

    _start(
        reruns.database(name),
        namespace,
        here=here,
        dry_run=dry_run,
        as_json=as_json,
    )


@app.command("prefix", epilog=PREFIX_EXAMPLES)
def prefix(
    name: Annotated[str, typer.Argument(help="The top-level prefix.")],
    namespace: Namespace = DEFAULT_NAMESPACE,
    *,
    here: Here = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Describe one prefix of the bucket in OpenMetadata anew."""
    from moderate.operations import reruns

    _start(
        reruns.prefix(name),
        namespace,
        here=here,
        dry_run=dry_run,
        as_json=as_json,
    )


@app.command("file", epilog=FILE_EXAMPLES)
def dataset_file(
    dataset: Annotated[
        str,
        typer.Argument(
            help="The dataset's name.", autocompletion=offer_datasets
        ),
    ],
    path: Annotated[
        str, typer.Argument(help="The file's path in the repository.")
    ],
    namespace: Namespace = DEFAULT_NAMESPACE,
    *,
    here: Here = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Bring one file of a dataset up to date.

    What is uploaded already, at the branch's commit, is not uploaded again.
    """
    from moderate.operations import reruns

    _start(
        reruns.dataset_file(dataset, path),
        namespace,
        here=here,
        dry_run=dry_run,
        as_json=as_json,
    )


@app.command("job", epilog=JOB_EXAMPLES)
def job(
    job_id: Annotated[
        int,
        typer.Argument(
            min=1, max=LARGEST_ID, help="The job's number on the platform."
        ),
    ],
    namespace: Namespace = DEFAULT_NAMESPACE,
    *,
    again: Annotated[
        bool, typer.Option("--again", help="Replace results that it has.")
    ] = False,
    here: Here = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Run one matrix profile job.

    Asks the Platform API what the job is to analyse, with this machine's
    settings. A job that has its results is left alone without --again.
    """
    from moderate.operations import reruns

    _start(
        reruns.job(job_id, again=again),
        namespace,
        here=here,
        dry_run=dry_run,
        as_json=as_json,
    )


def _start(
    rerun: "Rerun",
    namespace: str,
    *,
    here: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    from moderate.operations.kubernetes import Cluster

    if dry_run:
        _show(rerun, namespace, here=here, as_json=as_json)
    elif here:
        from moderate.cli.local_runs import run_to_its_end

        run_to_its_end(rerun.workflow, rerun.arguments, as_json=as_json)
    else:
        name = Cluster(namespace).create(rerun.manifest())
        if as_json:
            print_json({"workflow": name, "namespace": namespace})
            return
        typer.echo(f"{name} has been created in the namespace {namespace}.")
        typer.echo(f"Watch it: argo watch --namespace {namespace} {name}")


def _show(
    rerun: "Rerun", namespace: str, *, here: bool, as_json: bool
) -> None:
    manifest = rerun.manifest()
    if as_json:
        print_json(manifest)
        return
    place = "on this machine" if here else f"in the namespace {namespace}"
    typer.echo(f"# This would be run {place}:")
    typer.echo(yaml.safe_dump(manifest, sort_keys=False), nl=False)
