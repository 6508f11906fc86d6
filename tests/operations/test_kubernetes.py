"""A cluster's refusal is one sentence with the next step."""

from pathlib import Path

import pytest

from steps.contract.errors import ExitCode
from tests.cli.test_commands import moderate
from tests.operations.stand_in import StandIn

COMMAND = ("rerun", "database", "stock")


@pytest.mark.parametrize(
    ("stderr", "code", "message"),
    [
        (
            (
                "The connection to the server 10.0.0.1:6443 was refused - did "
                "you specify the right host or port?"
            ),
            ExitCode.TEMPORARY_FAILURE,
            "Check KUBECONFIG with `kubectl cluster-info`",
        ),
        (
            (
                "error: no configuration has been provided, try setting "
                "KUBERNETES_MASTER environment variable"
            ),
            ExitCode.TEMPORARY_FAILURE,
            "Check KUBECONFIG",
        ),
        (
            (
                "Error from server (Forbidden): workflows.argoproj.io is "
                'forbidden: User "jane" cannot create resource "workflows"'
            ),
            ExitCode.NO_PERMISSION,
            "Ask an administrator",
        ),
        (
            'Error from server (NotFound): namespaces "moderate" not found',
            ExitCode.FAILED,
            "names another",
        ),
        (
            'error: the server doesn\'t have a resource type "workflows"',
            ExitCode.FAILED,
            "kubectl: error: the server",
        ),
    ],
    ids=["down", "no cluster", "forbidden", "absent", "anything else"],
)
def test_kubectls_errors_have_a_code_and_a_next_step(
    kubectl: StandIn, stderr: str, code: ExitCode, message: str
) -> None:
    kubectl.fails("create", stderr)
    done = moderate(*COMMAND, settings=kubectl.environment)
    assert done.returncode == code
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_what_kubectl_logs_beside_its_error_is_left_out(
    kubectl: StandIn,
) -> None:
    kubectl.fails(
        "create",
        'E1123 15:45:58.409174   18016 memcache.go:265] "Unhandled Error"\n'
        'Error from server (NotFound): namespaces "moderate" not found',
    )
    stderr = moderate(*COMMAND, settings=kubectl.environment).stderr
    assert stderr.startswith("error: Error from server (NotFound)")
    assert "memcache" not in stderr


def test_a_missing_kubectl_is_69(tmp_path: Path) -> None:
    done = moderate(*COMMAND, settings={"PATH": str(tmp_path)})
    assert done.returncode == ExitCode.UNAVAILABLE
    assert "kubectl is not installed" in done.stderr
