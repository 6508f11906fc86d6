"""The tool as an operator of a cluster uses it."""

import os
import subprocess
from collections.abc import Mapping
from types import MappingProxyType

from tests.cli.test_commands import moderate
from tests.cluster.kubernetes import Namespace

NOTHING: Mapping[str, str] = MappingProxyType({})


def operating(
    namespace: Namespace,
    *arguments: str,
    settings: Mapping[str, str] = NOTHING,
    stdin: str = "",
) -> "subprocess.CompletedProcess[str]":
    """Runs the tool on a namespace.

    Args:
        namespace: The namespace.
        *arguments: The command and its arguments.
        settings: Settings by variable name.
        stdin: What somebody types.

    Returns:
        How it ended.
    """
    return moderate(
        *arguments,
        settings={
            "HOME": os.environ["HOME"],
            "KUBECONFIG": os.environ["KUBECONFIG"],
            "MODERATE_NAMESPACE": namespace.name,
            **settings,
        },
        stdin=stdin,
    )
