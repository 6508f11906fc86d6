"""What tests need of the machine beyond ``make setup``: one table."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from local_services import keycloak_distribution, rabbitmq

REQUIRE_ALL_VARIABLE = "MODERATE_REQUIRE_ALL"
REQUIRE_ALL = "1"
SKIPPED_FOR = "NOT TESTED, no "
GIT_BACKEND = Path("/usr/lib/git-core/git-http-backend")
CLUSTER_PROGRAMS = ("argo", "helm", "kubectl")
CLUSTER_VARIABLES = ("KUBECONFIG", "CLUSTER_HOST_IP")


def _programs(*names: str) -> Callable[[], bool]:
    return lambda: all(map(shutil.which, names))


def _has_cluster() -> bool:
    return _programs(*CLUSTER_PROGRAMS)() and all(
        map(os.environ.get, CLUSTER_VARIABLES)
    )


@dataclass(frozen=True)
class Requirement:
    """Something that a machine may lack.

    Attributes:
        name: What it is.
        install: How to get it: a Debian package, or a sentence.
        is_met: Whether this machine has it.
    """

    name: str
    install: str
    is_met: Callable[[], bool]

    def __str__(self) -> str:
        """Returns a line with how to get it."""
        return f"{self.name} ({self.install})"


ARGO = Requirement("argo", "a release of Argo Workflows", _programs("argo"))
CHROMIUM = Requirement(
    "Chromium and ChromeDriver",
    "apt-get install chromium chromium-driver",
    _programs("chromium", "chromedriver"),
)
CLUSTER = Requirement(
    "a Kubernetes cluster with Argo",
    "see docs/images.md; set KUBECONFIG, and CLUSTER_HOST_IP to an address "
    "of this machine that pods reach",
    _has_cluster,
)
GIT_LFS = Requirement(
    "Git LFS", "apt-get install git-lfs", _programs("git-lfs")
)
GIT_SERVER = Requirement(
    "git-http-backend and OpenSSL",
    "apt-get install git openssl",
    lambda: GIT_BACKEND.exists() and _programs("openssl")(),
)
HELM = Requirement(
    "Helm", "https://helm.sh/docs/intro/install", _programs("helm")
)
JAVA = Requirement(
    "Java 17 or newer, for Keycloak",
    keycloak_distribution.INSTALL,
    keycloak_distribution.is_installed,
)
KUBECTL = Requirement(
    "kubectl",
    "https://kubernetes.io/docs/tasks/tools",
    _programs("kubectl"),
)
PROMTOOL = Requirement(
    "promtool", "apt-get install prometheus", _programs("promtool")
)
RABBITMQ = Requirement("RabbitMQ", rabbitmq.INSTALL, rabbitmq.is_installed)
ROOT_ACCOUNT = Requirement(
    "the account root", "run as root", lambda: os.geteuid() == 0
)


def require(*requirements: Requirement) -> None:
    """Skips the test where the machine lacks something.

    Where ``MODERATE_REQUIRE_ALL=1`` is set, as in CI, the test fails
    instead, so that nothing goes untested there.

    Args:
        *requirements: What the test needs; call it before anything starts.
    """
    missing = [str(one) for one in requirements if not one.is_met()]
    if not missing:
        return
    message = f"{SKIPPED_FOR}{'; '.join(missing)}"
    if os.environ.get(REQUIRE_ALL_VARIABLE) == REQUIRE_ALL:
        pytest.fail(message, pytrace=False)
    pytest.skip(message)
