"""The rendered files without Helm: a base, two components, an overlay."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from moderate.render import BASE
from tests.chart.helm import CHART, RENDERED, Object, named, of_kind, template
from tests.requirements import KUBECTL, require

KUSTOMIZE = CHART / "kustomize"
SETTINGS = ("moderate-workflows", "moderate-workflows-artifacts")
# What the chart makes of the same kinds as rendered files.
BESIDES = {
    *(("ConfigMap", name) for name in SETTINGS),
    ("NetworkPolicy", "moderate-workflows-bus"),
    ("PodDisruptionBudget", "moderate-workflows-bus"),
}


def built(folder: Path) -> list[Object]:
    """Build a folder as ``kubectl apply --kustomize`` does."""
    require(KUBECTL)
    done = subprocess.run(
        ["kubectl", "kustomize", str(folder)],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return [item for item in yaml.safe_load_all(done.stdout) if item]


@pytest.fixture(scope="module")
def example() -> list[Object]:
    """The overlay that is an example."""
    return built(KUSTOMIZE / "example")


def identities(objects: list[Object]) -> set[tuple[str, str]]:
    """Name the objects."""
    return {(one["kind"], one["metadata"]["name"]) for one in objects}


def overlay(folder: Path, component: str) -> list[Object]:
    """Build the base with one component."""
    chart = folder / "chart"
    shutil.copytree(CHART, chart)
    (folder / "kustomization.yaml").write_text(
        yaml.safe_dump(
            {
                "resources": ["chart/rendered"],
                "components": [f"chart/kustomize/{component}"],
            }
        ),
        "utf-8",
    )
    return built(folder)


def from_rendered(objects: list[Object]) -> list[Object]:
    """Select what the chart takes from the rendered files."""
    kinds = {
        yaml.safe_load(file.read_text("utf-8"))["kind"]
        for file in RENDERED.glob("*.yaml")
    }
    return [
        one
        for one in objects
        if one["kind"] in kinds
        and (one["kind"], one["metadata"]["name"]) not in BESIDES
    ]


def test_the_base_is_what_the_chart_installs(installed: list[Object]) -> None:
    assert identities(built(RENDERED)) == identities(from_rendered(installed))


def test_the_chart_does_not_install_the_base(installed: list[Object]) -> None:
    assert (RENDERED / BASE).exists()
    assert of_kind(installed, "Kustomization") == []


def test_one_component_makes_the_bus_small(tmp_path: Path) -> None:
    (bus,) = of_kind(overlay(tmp_path, "development"), "EventBus")
    file = RENDERED / "moderate-workflows.development.eventbus.yaml"
    expected = yaml.safe_load(file.read_text("utf-8"))
    for part in (bus, expected):
        part["spec"]["jetstream"]["streamConfig"] = yaml.safe_load(
            part["spec"]["jetstream"]["streamConfig"]
        )
    assert bus == expected


def test_one_component_takes_argo_events_own_source(tmp_path: Path) -> None:
    objects = overlay(tmp_path, "amqp")
    chosen = template({"rabbitmq": {"source": "amqp"}})
    assert identities(objects) == identities(from_rendered(chosen))
    for kind in ("EventSource", "Sensor"):
        name = f"matrix-profile-amqp.amqp.{kind.lower()}.yaml"
        file = yaml.safe_load((RENDERED / name).read_text("utf-8"))
        assert named(objects, kind, "matrix-profile-amqp") == file, (
            f"copy {name} to kustomize/amqp/objects.yaml"
        )


def test_the_overlay_has_the_settings_by_their_names(
    example: list[Object],
) -> None:
    for name in SETTINGS:
        labels = named(example, "ConfigMap", name)["metadata"]["labels"]
        assert labels["workflows.argoproj.io/configmap-type"] == "Parameter"


def test_the_overlay_s_settings_are_those_of_the_chart(
    example: list[Object], production: list[Object]
) -> None:
    name = "moderate-workflows"
    written = named(example, "ConfigMap", name)["data"]
    chart = named(production, "ConfigMap", name)["data"]
    needed = {key for key in written if chart.get(key) != written[key]}
    assert needed == set()


def test_the_overlay_chooses_image_nodes_and_suspension(
    example: list[Object],
) -> None:
    (relay,) = of_kind(example, "Deployment")
    (container,) = relay["spec"]["template"]["spec"]["containers"]
    assert container["image"].startswith("ghcr.io/")
    workflow = named(example, "WorkflowTemplate", "matrix-profile")
    assert workflow["spec"]["nodeSelector"] == {"disk": "fast"}
    cron = named(example, "CronWorkflow", "trust-users")
    assert cron["spec"]["suspend"] is True


def test_no_secret_is_in_the_overlay(example: list[Object]) -> None:
    assert of_kind(example, "Secret") == []
