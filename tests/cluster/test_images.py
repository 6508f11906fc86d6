"""What is in the images, asked from inside, as the cluster runs them."""

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from checkout.images import IMAGES, Image
from tests.cluster.installation import image_reference
from tests.cluster.kubernetes import Namespace

pytestmark = pytest.mark.cluster

LARGEST_STEPS_BYTES = 150 * 10**6
FORBIDDEN = frozenset(
    {
        *("ash", "bash", "busybox", "dash", "sh", "zsh"),
        *("apk", "apt", "apt-get", "dpkg", "pip", "pip3", "uv"),
        *("as", "c++", "cc", "cmake", "g++", "gcc", "ld", "make"),
        *("cat", "chmod", "cp", "curl", "env", "ls", "nc", "perl", "wget"),
        *("chroot", "mount", "su", "sudo"),
    }
)
PROBE = Path(__file__).with_name("image_probe.py")


def pod(name: str, image: str) -> Mapping[str, Any]:
    """A pod as a hardened cluster requires it, that names no user."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {
            "restartPolicy": "Never",
            "automountServiceAccountToken": False,
            "securityContext": {
                "runAsNonRoot": True,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [
                {
                    "name": "main",
                    "image": image,
                    "imagePullPolicy": "IfNotPresent",
                    "command": ["python", "-c", PROBE.read_text()],
                    "securityContext": {
                        "allowPrivilegeEscalation": False,
                        "capabilities": {"drop": ["ALL"]},
                        "readOnlyRootFilesystem": True,
                    },
                }
            ],
        },
    }


@pytest.fixture(
    scope="module", params=tuple(IMAGES.values()), ids=tuple(IMAGES)
)
def probed(
    request: pytest.FixtureRequest, namespace: Namespace
) -> tuple[Image, Mapping[str, Any]]:
    """An image, and what a process sees that runs in it."""
    image: Image = request.param
    name = f"probe-{image.name}"
    namespace.apply([pod(name, image_reference(image))])
    namespace.kubectl(
        "wait",
        f"pod/{name}",
        "--for=jsonpath={.status.phase}=Succeeded",
        "--timeout=60s",
    )
    return image, json.loads(namespace.kubectl("logs", f"pod/{name}"))


def test_an_image_holds_no_shell_and_no_tool(
    probed: tuple[Image, Mapping[str, Any]],
) -> None:
    assert FORBIDDEN & set(probed[1]["names"]) == set()


def test_an_image_holds_python_and_what_it_names(
    probed: tuple[Image, Mapping[str, Any]],
) -> None:
    programs = {
        PurePosixPath(file).name
        for file in probed[1]["programs"]
        if ".so" not in PurePosixPath(file).name
    }
    plain = {name.rstrip("0123456789.") for name in programs}
    assert plain == {"python", *probed[0].programs}


def test_an_image_runs_as_a_user_without_rights(
    probed: tuple[Image, Mapping[str, Any]],
) -> None:
    assert probed[1]["user"] == 65532


def test_an_image_runs_on_a_read_only_file_system(
    probed: tuple[Image, Mapping[str, Any]],
) -> None:
    assert probed[1]["read_only"]


def test_the_image_of_the_steps_is_small(
    probed: tuple[Image, Mapping[str, Any]],
) -> None:
    image, seen = probed
    if image.name == "steps":
        assert seen["size"] < LARGEST_STEPS_BYTES
