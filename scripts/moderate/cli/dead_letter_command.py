"""``moderate dead-letter``: messages and events without a workflow."""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from moderate.cli.options import (
    DEFAULT_NAMESPACE,
    AsJson,
    DryRun,
    Namespace,
    check_choice,
    print_json,
    show_rows,
)
from moderate.operations.dead_letters import DeadLetter, Place, Replay
from steps.contract.errors import (
    BadSettingsError,
    ModerateError,
    WrongUseError,
)

if TYPE_CHECKING:
    from moderate.operations.kubernetes import Cluster
    from steps.relay.settings import RabbitSettings

LIST_EXAMPLES = """\
[bold]Examples[/]

moderate dead-letter list

moderate dead-letter list --in queue --json
"""
REPLAY_EXAMPLES = """\
[bold]Examples[/]

moderate dead-letter replay 42

moderate dead-letter replay dead-letter-x7k2p

moderate dead-letter replay --all --in queue --dry-run
"""
SHOWN = 100
NOTHING = "There are no dead letters."

T = TypeVar("T")
In = Annotated[
    list[Place] | None,
    typer.Option(
        "--in",
        help="Only here: RabbitMQ's queue, or the cluster's workflows.",
    ),
]

app = typer.Typer(
    name="dead-letter",
    help="Messages and events that could not become a workflow.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@app.command("list", epilog=LIST_EXAMPLES)
def list_dead_letters(
    places: In = None,
    namespace: Namespace = DEFAULT_NAMESPACE,
    limit: Annotated[
        int, typer.Option(min=1, help="The most messages of the queue.")
    ] = SHOWN,
    *,
    as_json: AsJson = False,
) -> None:
    """List them; they stay where they are.

    Those in RabbitMQ are found with RABBIT_URL and MATRIX_PROFILE_QUEUE,
    those on the cluster with kubectl.
    """
    show_rows(
        _dead_letters(places, namespace, limit),
        as_json=as_json,
        nothing=NOTHING,
        hint="When the cause is fixed, `moderate dead-letter replay` "
        "publishes them again.",
    )


@app.command("replay", epilog=REPLAY_EXAMPLES)
def replay(
    items: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ITEM…",
            help="Numbers of jobs, or names of dead-letter workflows.",
            show_default=False,
        ),
    ] = None,
    places: In = None,
    namespace: Namespace = DEFAULT_NAMESPACE,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Replay all of them.")
    ] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Send them on their way again: to the relay's queue, or the webhook.

    A job whose failure was reported has results, and its workflow leaves it
    as it is: `moderate rerun job 42 --again` runs such a one.
    """
    check_choice(items, everything=everything)
    outcomes = _replay(items or [], places, namespace, dry_run=dry_run)
    missing = {
        item
        for item in items or []
        if not any(one.dead_letter.is_called(item) for one in outcomes)
    }
    if as_json:
        print_json([one.model_dump(mode="json") for one in outcomes])
    else:
        _show(outcomes, dry_run=dry_run)
    if missing:
        raise WrongUseError(
            f"These are no dead letters: {', '.join(sorted(missing))}. "
            "`moderate dead-letter list` shows them."
        )
    if not dry_run and not all(one.replayed for one in outcomes):
        raise ModerateError("Not all of them could be replayed; see above.")


def _show(outcomes: Collection[Replay], *, dry_run: bool) -> None:
    if not outcomes:
        typer.echo(NOTHING)
    for one in outcomes:
        if dry_run:
            outcome = "would be replayed"
        else:
            outcome = "replayed" if one.replayed else f"kept: {one.why_not}"
        typer.echo(
            f"{one.dead_letter.place}: {one.dead_letter.title}: {outcome}"
        )


def _dead_letters(
    places: list[Place] | None, namespace: str, limit: int
) -> list[DeadLetter]:
    from moderate.operations.dead_queue import (
        dead_messages,
    )
    from moderate.operations.dead_workflows import (
        dead_events,
    )

    return _gathered(
        places,
        queue=lambda: dead_messages(_rabbit(), limit),
        cluster=lambda: dead_events(_cluster(namespace)),
    )


def _replay(
    items: Collection[str],
    places: list[Place] | None,
    namespace: str,
    *,
    dry_run: bool,
) -> list[Replay]:
    from moderate.operations.dead_queue import (
        replay_messages,
    )

    def chosen(dead_letter: DeadLetter) -> bool:
        return not items or any(dead_letter.is_called(item) for item in items)

    if dry_run:
        dead_letters = _dead_letters(places, namespace, limit=2**31)
        return [
            Replay(dead_letter=dead_letter, replayed=False)
            for dead_letter in dead_letters
            if chosen(dead_letter)
        ]
    return _gathered(
        places,
        queue=lambda: replay_messages(_rabbit(), chosen),
        cluster=lambda: _replay_events(_cluster(namespace), chosen),
    )


def _replay_events(
    cluster: "Cluster", chosen: Callable[[DeadLetter], bool]
) -> list[Replay]:
    from moderate.operations.dead_workflows import (
        dead_events,
        replay_event,
    )

    return [
        replay_event(cluster, dead_letter)
        for dead_letter in dead_events(cluster)
        if chosen(dead_letter)
    ]


def _gathered(
    places: list[Place] | None,
    *,
    queue: Callable[[], list[T]],
    cluster: Callable[[], list[T]],
) -> list[T]:
    ways = {Place.QUEUE: queue, Place.CLUSTER: cluster}
    return [item for place in places or ways for item in ways[place]()]


def _rabbit() -> "RabbitSettings":
    from moderate.settings import (
        from_this_machine,
    )
    from steps.relay.settings import RabbitSettings

    try:
        return RabbitSettings.of(from_this_machine())
    except BadSettingsError as error:
        raise BadSettingsError(
            f"{error} --in cluster reads the cluster only."
        ) from None


def _cluster(namespace: str) -> "Cluster":
    from moderate.operations.kubernetes import Cluster

    return Cluster(namespace)
