"""The table of which pods get which Secrets, from the rendered objects."""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from checkout.paths import RENDERED
from workflows.authoring.names import secret_name

ANY_SECRET = secret_name("")
WORKFLOW_TEMPLATE = "WorkflowTemplate"


def credential_table(_: str) -> str:
    """Makes the table of who gets which Secret.

    Returns:
        Markdown: one row for each Secret, with the objects whose pods get
        it, and of a workflow the templates.
    """
    owners: dict[str, list[str]] = {}
    for file in sorted(RENDERED.glob("*.yaml")):
        document = yaml.safe_load(file.read_text("utf-8"))
        for secret, owner in _grants(document):
            known = owners.setdefault(secret, [])
            if owner not in known:
                known.append(owner)
    rows = "".join(
        f"| `{secret}` | {', '.join(owners[secret])} |\n"
        for secret in sorted(owners)
    )
    return f"| Secret | pods of |\n| --- | --- |\n{rows}"


def _grants(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    name = document["metadata"]["name"]
    kind = document["kind"]
    if kind != WORKFLOW_TEMPLATE:
        for secret in _secrets_in(document):
            yield secret, f"the {kind} `{name}`"
        return
    found: dict[str, list[str]] = {}
    for template in document["spec"]["templates"]:
        for secret in dict.fromkeys(_secrets_in(template)):
            found.setdefault(secret, []).append(f"*{template['name']}*")
    for secret, templates in found.items():
        yield secret, f"`{name}` ({', '.join(templates)})"


def _secrets_in(part: object) -> Iterator[str]:
    """Finds the references to Secrets in any part of an object."""
    if isinstance(part, list):
        for item in part:
            yield from _secrets_in(item)
    if not isinstance(part, dict):
        return
    if part.keys() >= {"name", "key"} and str(part["name"]).startswith(
        ANY_SECRET
    ):
        yield part["name"]
    for key, value in part.items():
        if key != "configMapKeyRef":
            yield from _secrets_in(value)
