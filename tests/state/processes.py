"""Pods of a test: processes that work on one state at the same time."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping

from tests.step_process import ROOT

TIMEOUT_SECONDS = 120
PRELUDE = """\
import sys
from steps.clients.postgres_settings import PostgresSettings
from steps.state.state import State
database, namespace, number = sys.argv[1:]
state = State(PostgresSettings.load(), namespace, database=database)
"""


def start(
    program: str,
    environment: Mapping[str, str],
    database: str,
    namespace: str,
    number: int = 0,
) -> "subprocess.Popen[str]":
    """Start a program with ``state`` and ``number`` at hand."""
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            PRELUDE + program,
            database,
            namespace,
            str(number),
        ],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run_together(
    program: str,
    environment: Mapping[str, str],
    database: str,
    namespace: str,
    count: int,
) -> list[list[object]]:
    """Run several pods at once; returns the JSON list that each printed.

    Each waits until all are there: a program begins with its first line of
    standard input.
    """
    pods = [
        start(
            f"print(flush=True)\nsys.stdin.readline()\n{program}",
            environment,
            database,
            namespace,
            number,
        )
        for number in range(count)
    ]
    for pod in pods:
        assert pod.stdout
        pod.stdout.readline()
    for pod in pods:
        assert pod.stdin
        pod.stdin.write("\n")
        pod.stdin.flush()
    return list(_results(pods))


def _results(
    pods: Iterable["subprocess.Popen[str]"],
) -> Iterable[list[object]]:
    for pod in pods:
        output, errors = pod.communicate(timeout=TIMEOUT_SECONDS)
        assert pod.returncode == 0, errors
        yield json.loads(output)
