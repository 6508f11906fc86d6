"""Every case of the table, run on a real Argo, several at a time.

It needs ``kubectl`` and ``argo`` on the PATH, ``KUBECONFIG``, and an image
with Python on the cluster's node, named by ``TABLE_IMAGE``. A case about
times assumes an Argo that does nothing else: those run one by one.
"""

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.argo_offline.run.real_argo import prepare_namespace, run_on_argo
from tests.argo_offline.run.table import (
    Case,
    Observation,
    load_cases,
    overlap_differences,
)

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.timeout(1_200),
    pytest.mark.skipif(
        not {"KUBECONFIG", "TABLE_IMAGE"} <= set(os.environ),
        reason="needs KUBECONFIG and TABLE_IMAGE",
    ),
]
AT_ONCE = int(os.environ.get("TABLE_AT_ONCE", "6"))


def is_timed(case: Case) -> bool:
    """Returns whether a case is about what runs at the same time."""
    return bool(
        case.together
        or case.apart
        or case.at_most
        or "deadline" in case.name
        or "duration" in case.name
    )


# Those that run one by one come last.
CASES = {case.name: case for case in sorted(load_cases(), key=is_timed)}

Runs = Mapping[str, Future[list[Observation]]]


@pytest.fixture(scope="module")
def runs() -> Iterator[Runs]:
    """What becomes of each case; all of them are under way."""
    prepare_namespace()
    image = os.environ["TABLE_IMAGE"]
    with (
        ThreadPoolExecutor(AT_ONCE) as several,
        ThreadPoolExecutor(1) as one_by_one,
    ):
        submitted = {
            case.name: several.submit(run_on_argo, case, image)
            for case in CASES.values()
            if not is_timed(case)
        }

        def run_alone(case: Case) -> list[Observation]:
            for future in submitted.values():
                future.exception()
            return run_on_argo(case, image)

        alone = {
            case.name: one_by_one.submit(run_alone, case)
            for case in CASES.values()
            if is_timed(case)
        }
        yield {**submitted, **alone}


@pytest.mark.parametrize("name", CASES)
def test_case_ends_as_in_the_table(name: str, runs: Runs) -> None:
    case = CASES[name]

    observed = runs[name].result()

    wrong = [
        f"run {number}{difference}"
        for number, (run, observation) in enumerate(
            zip(case.runs, observed, strict=True)
        )
        for difference in observation.differences(run["expect"])
    ]
    assert [*wrong, *overlap_differences(case, observed)] == []
