"""The real API server takes what the chart and Kustomize make."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from tests.chart.helm import template
from tests.chart.test_choices import everything
from tests.chart.test_datasets import FURTHER
from tests.chart.test_kustomize import KUSTOMIZE, built
from tests.cluster.kubernetes import Namespace, fresh_namespace

pytestmark = pytest.mark.cluster


@pytest.fixture
def own(host: str) -> Iterator[Namespace]:  # noqa: ARG001
    """A namespace that takes restricted pods only."""
    with fresh_namespace() as made:
        yield made


def strictly(
    namespace: Namespace, objects: Sequence[Any], *flags: str
) -> list[str]:
    """Apply objects; an unknown field is refused."""
    for item in objects:
        item["metadata"].pop("namespace", None)
    items = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
    output = namespace.kubectl(
        "apply",
        "--validate=strict",
        "--filename=-",
        *flags,
        stdin=json.dumps(items),
    )
    return output.splitlines()


@pytest.mark.parametrize(
    "values",
    [{}, everything(), FURTHER],
    ids=["defaults", "everything", "a further dataset"],
)
def test_what_the_chart_makes_is_taken(
    own: Namespace, values: dict[str, Any]
) -> None:
    # A dry run makes no account for the pod of the check.
    objects = [one for one in template(values) if one["kind"] != "Pod"]
    output = strictly(own, objects, "--dry-run=server")
    assert len(output) == len(objects)


def test_the_overlay_of_kustomize_is_applied(own: Namespace) -> None:
    objects = built(KUSTOMIZE / "example")
    output = strictly(own, objects)
    assert len([line for line in output if line.endswith("created")]) == len(
        objects
    )
    workflow = own.get("workflowtemplate/matrix-profile")
    assert workflow["spec"]["nodeSelector"] == {"disk": "fast"}
