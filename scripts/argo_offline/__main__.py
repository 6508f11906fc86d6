"""The package's own command line: ``python -m argo_offline lint|run``."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from argo_offline.lint import ARGO_RULES, LOCAL_RULES, RULES, lint
from argo_offline.run import (
    LocalRunError,
    NodeEvent,
    Phase,
    StopRequest,
    parameter_of,
    read_run,
    run_workflow,
    stop_on_signals,
)

DONE, FAILED, WRONG_USE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: The command line without the program's name.

    Returns:
        0 when there is no finding, or the workflow has succeeded; 1 when
        not; 2 when the command cannot be carried out.
    """
    given = _parser().parse_args(arguments)
    try:
        return _lint(given) if given.command == "lint" else _run(given)
    except LocalRunError as error:
        print(f"error: {error}", file=sys.stderr)
        return WRONG_USE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="argo_offline", description="Argo Workflows without a cluster."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("lint", help="check manifests")
    check.add_argument("path", type=Path, nargs="+")
    check.add_argument(
        "--strict",
        action="store_true",
        help="also report what Argo accepts and then does otherwise",
    )
    check.add_argument(
        "--local",
        action="store_true",
        help="also report expressions that the local run cannot evaluate",
    )
    run = commands.add_parser("run", help="run a workflow on this machine")
    run.add_argument("path", type=Path)
    run.add_argument("--name", default="", help="which of several workflows")
    run.add_argument(
        "--image",
        action="append",
        default=[],
        metavar="NAME=FOLDER",
        help="the environment that stands for an image; many times",
    )
    run.add_argument(
        "--parameter",
        "-p",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a parameter; many times",
    )
    run.add_argument(
        "--evict",
        action="append",
        default=[],
        metavar="TEMPLATE[=PODS]",
        help="evict the first pods of a template; many times",
    )
    run.add_argument("--folder", type=Path, help="where the run's folder goes")
    return parser


def _lint(given: argparse.Namespace) -> int:
    for path in given.path:
        if not path.exists():
            raise LocalRunError(f"there is no file or folder {path}")
    rules = RULES if given.strict else ARGO_RULES
    rules = (*rules, *(LOCAL_RULES if given.local else ()))
    findings = [item for path in given.path for item in lint(path, rules)]
    for finding in findings:
        print(f"{finding} ({finding.group}/{finding.rule})")
    return FAILED if findings else DONE


def _run(given: argparse.Namespace) -> int:
    run = read_run(given.path, given.name)
    name = run.manifests[0].name
    folder = given.folder or Path(f"{name}-{datetime.now(UTC):%Y%m%d-%H%M%S}")
    cluster = run.cluster(given.image, given.evict)

    async def until_stopped() -> Phase:
        request = StopRequest()
        with stop_on_signals(request):
            result = await run_workflow(
                run.manifests,
                arguments=dict(map(parameter_of, given.parameter)),
                cluster=cluster,
                run_folder=folder.resolve(),
                on_event=_print,
                stop=request,
            )
        print(f"{result.name} {result.phase} {result.message}".rstrip())
        return result.phase

    phase = asyncio.run(until_stopped())
    return DONE if phase is Phase.SUCCEEDED else FAILED


def _print(event: NodeEvent) -> None:
    node = event.node
    print(f"{node.phase:<9} {node.name} {node.message}".rstrip())


if __name__ == "__main__":
    sys.exit(main())
