"""A namespace of a cluster, through kubectl as its user has set it up."""

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from steps.contract.errors import (
    ModerateError,
    NoPermissionError,
    TemporaryError,
    UnavailableError,
)

Document: TypeAlias = Mapping[str, Any]

PROGRAM = "kubectl"
TIMEOUT = "30s"
YES = "yes"
CAN_NOT = 1
NOT_FOUND = "NotFound"
FORBIDDEN = "Forbidden"
# What client-go logs beside the error itself.
LOG_LINE = re.compile(r"^[EWI]\d{4} .*\n?", re.MULTILINE)
NO_ANSWER = re.compile(
    r"was refused|unable to connect|i/o timeout|no such host|"
    r"no configuration|tls handshake|context deadline|connection reset|"
    r"current-context|ServiceUnavailable|credentials|certificate",
    re.IGNORECASE,
)


class MissingObjectError(ModerateError):
    """There is no such object in the namespace."""


@dataclass(frozen=True)
class Cluster:
    """A namespace of the cluster that kubectl uses.

    Attributes:
        namespace: Its name.
    """

    namespace: str

    def read(self, *what: str) -> Any:  # noqa: ANN401  (any document)
        """Reads an object, or a list of objects.

        Args:
            *what: The arguments of ``kubectl get``, for example ``secret/x``.

        Returns:
            The document.

        Raises:
            ModerateError: There is none, or the cluster refuses or is gone.
        """
        return json.loads(self._run("get", *what, "--output=json"))

    def create(self, document: Document) -> str:
        """Creates an object.

        Args:
            document: The object; its name may be generated.

        Returns:
            Its name.

        Raises:
            ModerateError: The cluster refuses or is gone.
        """
        made = self._run(
            "create", "--filename=-", "--output=json", given=document
        )
        return str(json.loads(made)["metadata"]["name"])

    def patch(self, what: str, patch: Document) -> None:
        """Changes an object by a merge patch, which no argument holds.

        Args:
            what: The object, for example ``secret/x``.
            patch: The patch.

        Raises:
            ModerateError: There is none, or the cluster refuses or is gone.
        """
        self._run(
            "patch",
            what,
            "--type=merge",
            "--patch-file=/dev/stdin",
            given=patch,
        )

    def may(self, verb: str, what: str) -> bool:
        """Returns whether this account has a right.

        Args:
            verb: What it would do, for example ``patch``.
            what: To what, for example ``secret/x``.

        Returns:
            Whether it may.

        Raises:
            ModerateError: The cluster is gone.
        """
        answer = self._run("auth", "can-i", verb, what, refused_code=CAN_NOT)
        return answer.strip() == YES

    def _run(
        self,
        *arguments: str,
        given: Document | None = None,
        refused_code: int = 0,
    ) -> str:
        command = [
            PROGRAM,
            f"--namespace={self.namespace}",
            f"--request-timeout={TIMEOUT}",
            *arguments,
        ]
        try:
            done = subprocess.run(  # noqa: S603  (no shell; kubectl)
                command,
                input=json.dumps(given) if given is not None else "",
                capture_output=True,
                check=False,
                text=True,
            )
        except FileNotFoundError:
            raise missing_kubectl() from None
        if done.returncode and (
            done.returncode != refused_code or done.stderr
        ):
            raise error_of(done.stderr.strip(), self.namespace)
        return done.stdout


def error_of(message: str, namespace: str) -> ModerateError:
    """Makes an error of kubectl's message.

    Args:
        message: What it printed.
        namespace: The namespace of the command.

    Returns:
        The error, with the next step.
    """
    message = LOG_LINE.sub("", message).strip()
    if NOT_FOUND in message:
        return MissingObjectError(
            f"{message}. It was looked for in the namespace {namespace!r}; "
            "--namespace, or --at for a page, names another."
        )
    if FORBIDDEN in message:
        return NoPermissionError(
            f"{message}. Ask an administrator of the cluster for this right."
        )
    if NO_ANSWER.search(message):
        return TemporaryError(
            f"The cluster does not answer: {message}. Check KUBECONFIG with "
            "`kubectl cluster-info`."
        )
    return ModerateError(f"kubectl: {message}")


def missing_kubectl() -> UnavailableError:
    """Returns the error that kubectl is missing, and what to do."""
    return UnavailableError(
        "kubectl is not installed. Install it, and let KUBECONFIG name the "
        "cluster: https://kubernetes.io/docs/tasks/tools/"
    )
