"""`scripts/local_cluster` calls the right programs, in the right order."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from checkout.paths import ROOT
from checkout.versions import pinned_versions
from local_services import development, postgres, rabbitmq
from local_services.platform_api.gateway import USERNAME

SCRIPT = ROOT / "scripts/local_cluster"
FOLDER = ROOT / "scripts/development"
PROGRAMS = ("docker", "helm", "k3d", "kubectl")
BESIDE = "host.docker.internal"
NEEDED = ("bash", "dirname")
RECORDER = """\
#!/bin/bash
printf '%s %s\\n' "$(basename "$0")" "$*" >>"${CALLS}"
case "$(basename "$0") $*" in
  ${BROKEN:-nothing}) exit 1 ;;
  'k3d kubeconfig write'*) echo /made/by/k3d ;;
esac
"""
VERSION = re.compile(r"/(v\d+\.\d+\.\d+)/")


class Machine:
    """A machine on which programs only record how they were called."""

    def __init__(self, folder: Path) -> None:
        """Make the programs.

        Args:
            folder: Where they are.
        """
        self.programs = folder / "bin"
        self.programs.mkdir()
        self._calls = folder / "calls"
        for program in PROGRAMS:
            file = self.programs / program
            file.write_text(RECORDER)
            file.chmod(0o755)
        for program in NEEDED:
            (self.programs / program).symlink_to(f"/usr/bin/{program}")

    def run(
        self, *command: str, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Runs the script."""
        return subprocess.run(
            [SCRIPT, *command],
            capture_output=True,
            check=False,
            text=True,
            env={
                "PATH": f"{self.programs}:/usr/bin:/bin",
                "HOME": os.environ["HOME"],
                "CALLS": str(self._calls),
                **environment,
            },
        )

    @property
    def calls(self) -> list[str]:
        """Every call, in order."""
        return self._calls.read_text().splitlines()

    def order(self, *beginnings: str) -> list[int]:
        """Finds the first call of each beginning."""
        return [
            next(n for n, call in enumerate(self.calls) if call.startswith(b))
            for b in beginnings
        ]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with everything."""
    return Machine(tmp_path)


@pytest.fixture
def without_cluster(machine: Machine) -> Machine:
    """The machine, after `up` where there was no cluster."""
    done = machine.run("up", BROKEN="k3d cluster get*")
    assert done.returncode == 0, done.stderr
    return machine


def test_up_makes_loads_and_installs_in_this_order(
    without_cluster: Machine,
) -> None:
    order = without_cluster.order(
        "docker info",
        "k3d cluster create moderate",
        "docker build",
        "k3d image import",
        "kubectl apply --server-side",
        "kubectl --namespace=moderate apply",
        "helm upgrade --install moderate",
        "helm test moderate",
    )
    assert order == sorted(order)


def test_up_keeps_a_cluster_that_is_there(machine: Machine) -> None:
    machine.run("up")
    assert not any("cluster create" in call for call in machine.calls)
    assert any("helm upgrade" in call for call in machine.calls)


def test_up_leaves_the_users_own_kubeconfig_alone(
    without_cluster: Machine,
) -> None:
    (create,) = (c for c in without_cluster.calls if "cluster create" in c)
    assert "--kubeconfig-update-default=false" in create


def test_every_port_is_published_on_loopback_alone(
    without_cluster: Machine,
) -> None:
    (create,) = (c for c in without_cluster.calls if "cluster create" in c)
    published = re.findall(r"--port=(\S+?):\d+:\d+@", create)
    assert set(published) == {"127.0.0.1"}


def test_the_images_that_the_chart_names_are_imported(
    without_cluster: Machine,
) -> None:
    (call,) = (c for c in without_cluster.calls if "image import" in c)
    named = yaml.safe_load((FOLDER / "values.yaml").read_text())["images"]
    services = "localhost/moderate-workflows/development:dev"
    assert set(call.split()[4:]) == {services, *named.values()}


def test_up_prints_where_everything_is(machine: Machine) -> None:
    output = machine.run("up").stdout
    for address in ("localhost:2746", "KUBECONFIG=/made/by/k3d"):
        assert address in output


def test_roll_out_builds_imports_and_upgrades_in_this_order(
    machine: Machine,
) -> None:
    done = machine.run("roll-out")
    assert done.returncode == 0, done.stderr
    order = machine.order(
        "docker build", "k3d image import", "helm upgrade moderate"
    )
    assert order == sorted(order)


def test_roll_out_gives_the_code_a_tag_of_its_own(machine: Machine) -> None:
    machine.run("roll-out")
    (upgrade,) = (c for c in machine.calls if c.startswith("helm upgrade"))
    (imported,) = (c for c in machine.calls if "image import" in c)
    for image in ("steps", "datasets"):
        (reference,) = re.findall(rf"images\.{image}=(\S+)", upgrade)
        assert re.fullmatch(rf"\S+/{image}:dev-\d{{14}}", reference)
        assert reference in imported.split()
        assert any(
            f"--tag {reference} " in call
            for call in machine.calls
            if call.startswith("docker build")
        )


def test_roll_out_leaves_the_services_alone(machine: Machine) -> None:
    machine.run("roll-out")
    assert not any("development:dev" in call for call in machine.calls)
    assert not any("kubectl" in call for call in machine.calls)


def test_roll_out_without_a_cluster_names_how_to_make_one(
    machine: Machine,
) -> None:
    done = machine.run("roll-out", BROKEN="k3d cluster get*")
    assert done.returncode == 69
    assert "make cluster" in done.stderr


def test_roll_out_ends_where_an_image_cannot_be_built(
    machine: Machine,
) -> None:
    done = machine.run("roll-out", BROKEN="docker build*")
    assert done.returncode != 0
    assert not any("helm" in call for call in machine.calls)


def test_roll_out_reaches_a_cluster_without_k3d(machine: Machine) -> None:
    (machine.programs / "helm").rename(machine.programs / "bring")
    (machine.programs / "helm").symlink_to("bring")
    done = machine.run(
        "roll-out",
        IMPORT_IMAGES="bring these images",
        KUBECONFIG="/theirs",
        NAMESPACE="elsewhere",
    )
    assert done.returncode == 0, done.stderr
    assert any(
        call.startswith("bring these images localhost/moderate-workflows/st")
        for call in machine.calls
    )
    assert not any("k3d" in call for call in machine.calls)
    assert any("--namespace=elsewhere" in call for call in machine.calls)


def test_roll_out_without_k3d_requires_a_kubeconfig(
    machine: Machine,
) -> None:
    done = machine.run("roll-out", IMPORT_IMAGES="bring")
    assert done.returncode == 78


@pytest.mark.parametrize("command", ["roll-out", "down"])
def test_a_dry_run_prints_what_it_would_run_and_changes_nothing(
    machine: Machine, command: str
) -> None:
    done = machine.run(command, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "would run: " in done.stdout
    changing = ("build", "import", "upgrade", "delete")
    assert not any(word in " ".join(machine.calls) for word in changing)


@pytest.mark.parametrize(
    "command", [("up", "--dry-run"), ("roll-out", "--nosuch")]
)
def test_an_option_that_there_is_not_is_64(
    machine: Machine, command: tuple[str, ...]
) -> None:
    assert machine.run(*command).returncode == 64


def test_down_removes_the_cluster(machine: Machine) -> None:
    assert machine.run("down").returncode == 0
    assert machine.calls[-1] == "k3d cluster delete moderate"


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_missing_program_is_named_before_anything_is_done(
    machine: Machine, program: str
) -> None:
    (machine.programs / program).unlink()
    done = machine.run("up", PATH=str(machine.programs))
    assert done.returncode == 69
    assert done.stderr == f"error: install these programs first: {program}\n"


def test_docker_that_does_not_answer_is_named(machine: Machine) -> None:
    done = machine.run("up", BROKEN="docker info*")
    assert done.returncode == 69
    assert "Docker does not answer" in done.stderr


def test_images_that_cannot_be_built_end_it(machine: Machine) -> None:
    done = machine.run("up", BROKEN="docker build*")
    assert done.returncode != 0
    assert not any("helm" in call for call in machine.calls)


def test_install_requires_a_kubeconfig(machine: Machine) -> None:
    done = machine.run("install")
    assert done.returncode == 78
    assert "KUBECONFIG" in done.stderr


@pytest.mark.parametrize(
    ("folder", "variable"),
    [
        ("argo-workflows", "ARGO_WORKFLOWS_VERSION"),
        ("argo-events", "ARGO_EVENTS_VERSION"),
    ],
)
def test_argo_is_of_the_pinned_version(folder: str, variable: str) -> None:
    text = (FOLDER / folder / "kustomization.yaml").read_text()
    assert VERSION.findall(text) == [pinned_versions()[variable]]


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("Argo Workflows' controller", "ARGO_WORKFLOWS_VERSION"),
        ("Argo Events' controller", "ARGO_EVENTS_VERSION"),
    ],
)
def test_argo_is_of_the_version_that_the_documents_name(
    name: str, variable: str
) -> None:
    version = pinned_versions()[variable].removeprefix("v")
    (row,) = (
        line
        for line in (ROOT / "docs/deploy.md").read_text().splitlines()
        if line.startswith(f"| {name} |")
    )
    assert f"tested with {version}" in row


def test_the_cluster_is_of_the_pinned_version(
    without_cluster: Machine,
) -> None:
    (create,) = (c for c in without_cluster.calls if "cluster create" in c)
    assert f"--image={pinned_versions()['K3S_IMAGE']} " in create


def test_the_services_have_the_ports_that_the_tool_gives_them() -> None:
    _, service = yaml.safe_load_all((FOLDER / "services.yaml").read_text())
    assert {port["port"] for port in service["spec"]["ports"]} == {
        development.POSTGRES_PORT,
        development.RABBITMQ_PORT,
        development.PLATFORM_API_PORT,
        development.S3_PORT,
    }


def test_the_services_image_stands_on_what_the_steps_stand_on() -> None:
    pins = re.compile(r"^ARG (PYTHON_IMAGE|UV_VERSION)=(.*)$", re.MULTILINE)
    own = dict(pins.findall((FOLDER / "Dockerfile").read_text()))
    versions = pinned_versions()
    assert own == {name: versions[name] for name in own}
    assert own


def test_the_chart_is_given_what_the_services_accept() -> None:
    text = "".join(
        file.read_text()
        for file in (
            FOLDER / "values.yaml",
            ROOT / "charts/moderate-workflows/examples/development.yaml",
        )
    )
    password = development.PASSWORD
    for line in (
        f"API_BASE_URL: http://development:{development.PLATFORM_API_PORT}",
        f"API_USERNAME: {USERNAME}",
        f"API_PASSWORD: {password}",
        f"S3_ENDPOINT_URL: http://development:{development.S3_PORT}",
        f"S3_ACCESS_KEY_ID: {password}",
        f"S3_SECRET_ACCESS_KEY: {password}",
        f"POSTGRES_USERNAME: {postgres.USERNAME}",
        f"POSTGRES_PASSWORD: {password}",
        f"RABBIT_URL: amqp://{rabbitmq.USERNAME}:{password}@development:",
    ):
        assert line in text


def test_no_service_is_looked_for_beside_the_cluster() -> None:
    example, own = (
        yaml.safe_load(file.read_text())["services"]
        for file in (
            ROOT / "charts/moderate-workflows/examples/development.yaml",
            FOLDER / "values.yaml",
        )
    )
    for name, service in example.items():
        changes = own.get(name, {})
        if changes.get("enabled", True):
            for part in ("settings", "secret"):
                values = {**service.get(part, {}), **changes.get(part, {})}
                assert BESIDE not in "".join(values.values()), name
