"""Every case of the table, run on this machine."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.argo_offline.run.local import run_locally
from tests.argo_offline.run.table import (
    CASES,
    Case,
    Observation,
    load_case,
    overlap_differences,
)

AT_ONCE = 6
NAMES = sorted(path.stem for path in CASES.glob("*.yaml"))


@pytest.fixture(scope="session")
def observed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, list[Observation]]:
    """Runs the selected cases, several at a time: most of them wait."""
    names = {
        str(item.callspec.params["name"])
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and item.function is test_case_ends_as_on_argo
    }
    cases = [load_case(CASES / f"{name}.yaml") for name in sorted(names)]
    return asyncio.run(_run(cases, tmp_path_factory.mktemp("runs")))


@pytest.mark.parametrize("name", NAMES)
def test_case_ends_as_on_argo(
    name: str, observed: Mapping[str, list[Observation]]
) -> None:
    case = load_case(CASES / f"{name}.yaml")

    wrong = [
        f"run {number}{difference}"
        for number, (run, observation) in enumerate(
            zip(case.runs, observed[name], strict=True)
        )
        for difference in observation.differences(run["expect"])
    ]
    assert [*wrong, *overlap_differences(case, observed[name])] == []


async def _run(
    cases: list[Case], folder: Path
) -> dict[str, list[Observation]]:
    slots = asyncio.Semaphore(AT_ONCE)

    async def run(case: Case) -> list[Observation]:
        async with slots:
            return await run_locally(case, folder / case.name)

    results = await asyncio.gather(*map(run, cases))
    return {
        case.name: result for case, result in zip(cases, results, strict=True)
    }
