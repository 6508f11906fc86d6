"""How a try ends, and whether it is repeated."""

import pytest

from argo_offline.expressions import evaluate_bool, expand
from steps.contract.errors import ExitCode
from tests.rendered import ContainerTemplate, container_templates

every_container = pytest.mark.parametrize(
    "one", container_templates(), ids=str
)

NO_EXIT_CODE = -1
# Argo's status, exit code and message, as a real cluster gives them.
REPEATED = {
    "a service did not answer": ("Failed", 75, "main: Error (exit code 75)"),
    "a controller or executor error": ("Error", NO_EXIT_CODE, "pod deleted"),
    "Argo's own container failed": ("Error", 0, "wait: Error (exit code 64)"),
    "evicted": (
        "Failed",
        NO_EXIT_CODE,
        (
            "The node was low on resource: memory. Container main was using "
            "1Gi, which exceeds its request of 64Mi. "
        ),
    ),
    "evicted, and main's end is unknown": (
        "Failed",
        137,
        "The node was low on resource: ephemeral-storage. ",
    ),
    "preempted": (
        "Failed",
        NO_EXIT_CODE,
        "Preempted in order to admit critical pod",
    ),
    "the node shuts down": (
        "Failed",
        143,
        "Pod was terminated in response to imminent node shutdown.",
    ),
    "refused by its node": (
        "Failed",
        NO_EXIT_CODE,
        "Pod was rejected: The node had condition: [DiskPressure]. ",
    ),
    "killed": ("Failed", 137, "main: Error (exit code 137)"),
    "out of memory": ("Failed", 137, "main: OOMKilled (exit code 137)"),
    "killed, and its log reads like a limit": (
        "Failed",
        137,
        "main: Error (exit code 137): timeout\nStep exceeded its deadline",
    ),
    "stopped": ("Failed", 143, "main: Error (exit code 143)"),
}
DEADLINE = "Pod was active on the node longer than the specified deadline"
NOT_REPEATED = {
    **{
        code.name: ("Failed", int(code), f"main: Error (exit code {code:d})")
        for code in (
            ExitCode.FAILED,
            ExitCode.WRONG_USE,
            ExitCode.BAD_DATA,
            ExitCode.BUG,
            ExitCode.BAD_SETTINGS,
        )
    },
    "its own deadline": ("Failed", 143, DEADLINE),
    "its own deadline, killed": ("Failed", 137, DEADLINE),
    "its own deadline, never started": ("Failed", NO_EXIT_CODE, DEADLINE),
    "never started": ("Failed", NO_EXIT_CODE, "timeout"),
    "the workflow's deadline": (
        "Failed",
        NO_EXIT_CODE,
        "Step exceeded its deadline",
    ),
    "its volume is full": (
        "Failed",
        NO_EXIT_CODE,
        'Usage of EmptyDir volume "scratch" exceeds the limit "1Gi". ',
    ),
    "its disk is full": (
        "Failed",
        137,
        (
            "Pod ephemeral local storage usage exceeds the total limit of "
            "containers 1Gi. "
        ),
    ),
}


def is_repeated(one: ContainerTemplate, end: tuple[str, int, str]) -> bool:
    """Evaluate a template's retry expression as Argo does."""
    strategy = one.template["retryStrategy"]
    assert strategy["retryPolicy"] == "Always"
    status, exit_code, message = end
    last = {
        "lastRetry.status": status,
        "lastRetry.exitCode": str(exit_code),
        "lastRetry.message": message,
    }
    return evaluate_bool(strategy["expression"], expand(last))


@every_container
def test_what_the_infrastructure_ended_is_repeated(
    one: ContainerTemplate,
) -> None:
    assert [
        name for name, end in REPEATED.items() if not is_repeated(one, end)
    ] == []


@every_container
def test_what_ends_the_same_way_again_is_not_repeated(
    one: ContainerTemplate,
) -> None:
    assert [
        name for name, end in NOT_REPEATED.items() if is_repeated(one, end)
    ] == []
