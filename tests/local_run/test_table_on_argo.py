"""Every case of the table, run on a real Argo.

It needs ``kubectl`` and ``argo`` on the PATH, ``KUBECONFIG``, and an image
with Python on the cluster's node, named by ``TABLE_IMAGE``.
"""

import os

import pytest

from tests.local_run.real_argo import prepare_namespace, run_on_argo
from tests.local_run.table import CASES, load_case, overlap_differences

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.skipif(
        not {"KUBECONFIG", "TABLE_IMAGE"} <= set(os.environ),
        reason="needs KUBECONFIG and TABLE_IMAGE",
    ),
]
NAMES = sorted(path.stem for path in CASES.glob("*.yaml"))


@pytest.fixture(scope="module", autouse=True)
def _namespace() -> None:
    prepare_namespace()


@pytest.mark.parametrize("name", NAMES)
def test_case_ends_as_the_table_says(name: str) -> None:
    case = load_case(CASES / f"{name}.yaml")

    observed = run_on_argo(case, os.environ["TABLE_IMAGE"])

    wrong = [
        f"run {number}{difference}"
        for number, (run, observation) in enumerate(
            zip(case.runs, observed, strict=True)
        )
        for difference in observation.differences(run["expect"])
    ]
    assert [*wrong, *overlap_differences(case, observed)] == []
