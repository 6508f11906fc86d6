"""Loads the JSON schemas of Argo's kinds (see ``schemas/README.md``)."""

import gzip
import json
from functools import cache
from pathlib import Path

from jsonschema import Draft7Validator

SCHEMA_FOLDER = Path(__file__).parent / "schemas"
SUFFIX = ".json.gz"
# The cluster-wide kind has the same schema.
SAME_SCHEMA = {"ClusterWorkflowTemplate": "WorkflowTemplate"}


@cache
def validators(kind: str) -> dict[str, Draft7Validator]:
    """Load the schemas of a kind.

    Args:
        kind: The kind.

    Returns:
        Validators by Argo's module and version; empty for an unknown kind.
    """
    name = f"{SAME_SCHEMA.get(kind, kind)}{SUFFIX}"
    known = {file.name: file for file in SCHEMA_FOLDER.glob(f"*/*{SUFFIX}")}
    if name not in known:
        return {}
    return {
        file.parent.name: Draft7Validator(
            json.loads(gzip.decompress(file.read_bytes()))
        )
        for file in sorted(SCHEMA_FOLDER.glob(f"*/{name}"))
    }


@cache
def kinds() -> frozenset[str]:
    """List the kinds that have a schema.

    Returns:
        Their names.
    """
    files = SCHEMA_FOLDER.glob(f"*/*{SUFFIX}")
    named = {file.name.removesuffix(SUFFIX) for file in files}
    return frozenset(named | set(SAME_SCHEMA))
