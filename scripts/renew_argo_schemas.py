"""Renew the schemas that ``moderate lint`` ships, from Argo's Go modules.

Downloads the modules through the Go module proxy, takes the full custom
resource definitions of Argo Workflows and the JSON schema of Argo Events,
strips the descriptions, closes the objects and writes one gzipped JSON file
per kind. Needs Go. It takes the versions that ``versions.env`` pins, or other
modules::

    scripts/uv run python scripts/renew_argo_schemas.py
    scripts/uv run python scripts/renew_argo_schemas.py MODULE@VERSION
"""

import argparse
import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from checkout.versions import pinned_versions

SCHEMA_FOLDER = Path(__file__).parent / "argo_offline" / "lint" / "schemas"
WORKFLOWS_MODULE = "github.com/argoproj/argo-workflows"
EVENTS_MODULE = "github.com/argoproj/argo-events"
CRD_FOLDER = Path("manifests/base/crds/full")
CRD_KINDS = {
    "Workflow": "workflows",
    "WorkflowTemplate": "workflowtemplates",
    "CronWorkflow": "cronworkflows",
}
EVENTS_SCHEMA = Path("api/jsonschema/schema.json")
EVENTS_KINDS = ("EventBus", "EventSource", "Sensor")
EVENTS_PREFIX = "io.argoproj.events.v1alpha1."
REFERENCE = re.compile(r'"#/definitions/([^"]+)"')
# Objects that hold any fields although the schema does not allow it.
FREE_DEFINITIONS = frozenset(
    {
        f"{EVENTS_PREFIX}K8SResource",
        "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1",
        "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta",
    }
)
KEPT_EXTENSIONS = frozenset({"x-kubernetes-preserve-unknown-fields"})

Schema = dict[str, Any]


class RenewError(Exception):
    """The schemas could not be renewed; with the next step."""


@dataclass(frozen=True)
class GoModule:
    """A Go module that has been downloaded.

    Attributes:
        path: Module path with its version, ``path@version``.
        folder: Where its files are.
    """

    path: str
    folder: Path


def main(arguments: list[str] | None = None) -> int:
    """Write the schemas of all modules.

    Args:
        arguments: The command line without the program's name.

    Returns:
        The exit code, 0 when every schema was written.
    """
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument(
        "modules",
        nargs="*",
        default=pinned_modules(),
        metavar="PATH@VERSION",
    )
    modules: list[str] = parser.parse_args(arguments).modules
    try:
        for name in modules:
            for file in renew(name):
                sys.stdout.write(f"wrote {file}\n")
    except RenewError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def pinned_modules() -> tuple[str, str]:
    """Name the modules of the versions that the project pins.

    Returns:
        Path and version of Argo Workflows and of Argo Events.
    """
    versions = pinned_versions()
    workflows = versions["ARGO_WORKFLOWS_VERSION"]
    major = workflows.partition(".")[0]
    return (
        f"{WORKFLOWS_MODULE}/{major}@{workflows}",
        f"{EVENTS_MODULE}@{versions['ARGO_EVENTS_VERSION']}",
    )


def renew(name: str) -> Iterator[Path]:
    """Write the schemas of one module.

    Args:
        name: Module path and version, ``path@version``.

    Yields:
        The files that were written.

    Raises:
        RenewError: The module cannot be had or holds no schemas.
    """
    module = download(name)
    folder = SCHEMA_FOLDER / module_folder_name(module.path)
    folder.mkdir(parents=True, exist_ok=True)
    for kind, schema in schemas_of(module):
        file = folder / f"{kind}.json.gz"
        text = json.dumps(schema, separators=(",", ":"), sort_keys=True)
        file.write_bytes(gzip.compress(text.encode(), mtime=0))
        yield file


def module_folder_name(path: str) -> str:
    """Name the folder of a module's schemas.

    Args:
        path: Module path and version.

    Returns:
        For example ``argo-workflows-v3.1.2``.
    """
    module, version = path.rsplit("@", 1)
    parts = [part for part in module.split("/") if part.startswith("argo-")]
    return f"{parts[-1]}-{version}"


def download(name: str) -> GoModule:
    """Download a module through the Go module proxy.

    Args:
        name: Module path and version.

    Returns:
        The module on disk.

    Raises:
        RenewError: Go or the proxy refused.
    """
    outcome = subprocess.run(  # noqa: S603 - fixed command, no shell
        ["go", "mod", "download", "-json", name],  # noqa: S607 - Go by PATH
        capture_output=True,
        check=False,
        env={**os.environ, "GOFLAGS": "-mod=mod"},
        text=True,
    )
    answer: dict[str, str] = json.loads(outcome.stdout or "{}")
    if outcome.returncode or "Dir" not in answer:
        reason = answer.get("Error", outcome.stderr.strip())
        raise RenewError(
            f"module {name} cannot be downloaded: {reason}. "
            "Check the version and that the Go module proxy is reachable."
        )
    return GoModule(path=name, folder=Path(answer["Dir"]))


def schemas_of(module: GoModule) -> Iterator[tuple[str, Schema]]:
    """Read a module's schemas, closed and without descriptions.

    Args:
        module: A downloaded module.

    Yields:
        Kind and JSON schema.

    Raises:
        RenewError: The module holds neither definitions nor a schema.
    """
    if (module.folder / CRD_FOLDER).is_dir():
        yield from workflow_schemas(module.folder / CRD_FOLDER)
    elif (module.folder / EVENTS_SCHEMA).is_file():
        yield from event_schemas(module.folder / EVENTS_SCHEMA)
    else:
        raise RenewError(
            f"module {module.path} holds neither {CRD_FOLDER} nor "
            f"{EVENTS_SCHEMA}: its layout has changed, adapt this script."
        )


def workflow_schemas(folder: Path) -> Iterator[tuple[str, Schema]]:
    """Read the full custom resource definitions of Argo Workflows.

    Args:
        folder: The module's folder of full definitions.

    Yields:
        Kind and closed JSON schema.
    """
    for kind, plural in CRD_KINDS.items():
        text = (folder / f"argoproj.io_{plural}.yaml").read_text("utf-8")
        definition = yaml.safe_load(text)
        version = definition["spec"]["versions"][0]
        schema: Schema = closed(version["schema"]["openAPIV3Schema"])
        schema["properties"].pop("status", None)
        schema["properties"]["metadata"] = {"type": "object"}
        resolve_inline(kind, schema)
        yield kind, schema


def resolve_inline(kind: str, schema: Schema) -> None:
    """Let inline templates be checked as templates.

    The definitions leave ``inline`` open, because it recurses.

    Args:
        kind: The schema's kind.
        schema: The schema, changed in place.
    """
    path = ["properties", "spec", "properties"]
    if kind == "CronWorkflow":
        path += ["workflowSpec", "properties"]
    path += ["templates", "items"]
    template: Schema = schema
    for key in path:
        template = template[key]
    calls = template["properties"]
    reference = {"$ref": "#/" + "/".join(path)}
    tasks = calls["dag"]["properties"]["tasks"]["items"]
    steps = calls["steps"]["items"]["items"]
    tasks["properties"]["inline"] = reference
    steps["properties"]["inline"] = reference


def event_schemas(file: Path) -> Iterator[tuple[str, Schema]]:
    """Read the JSON schema of Argo Events.

    Args:
        file: The module's ``schema.json``.

    Yields:
        Kind and closed JSON schema with the definitions it needs.
    """
    definitions: Schema = json.loads(file.read_text("utf-8"))["definitions"]
    for kind in EVENTS_KINDS:
        root = EVENTS_PREFIX + kind
        needed = {
            name: event_definition(name, definitions[name])
            for name in reachable(root, definitions)
        }
        needed[root]["properties"].pop("status", None)
        needed[root]["properties"]["metadata"] = {"type": "object"}
        yield kind, {"$ref": f"#/definitions/{root}", "definitions": needed}


def event_definition(name: str, definition: Schema) -> Schema:
    """Close a definition of Argo Events.

    Its ``required`` lists the fields that Go always writes, not those that a
    file has to state, and so is left out.

    Args:
        name: The definition's name.
        definition: The definition.

    Returns:
        The definition that validation needs.
    """
    if name in FREE_DEFINITIONS:
        return definition
    result = closed(definition)
    if name.startswith(EVENTS_PREFIX):
        result.pop("required", None)
    return result


def reachable(root: str, definitions: Mapping[str, Any]) -> set[str]:
    """Collect the definitions that a definition refers to.

    Args:
        root: Name of the first definition.
        definitions: All definitions by name.

    Returns:
        Their names, the root's among them.
    """
    seen: set[str] = set()
    waiting = [root]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += REFERENCE.findall(json.dumps(definitions[name]))
    return seen


def closed(node: Schema) -> Schema:
    """Close a schema's objects and drop what validation does not need.

    Args:
        node: A JSON schema, or any part of one.

    Returns:
        The same without descriptions and Kubernetes' extensions; objects with
        properties refuse all others unless they may keep unknown fields.
    """
    result = {key: closed_part(key, part) for key, part in kept(node)}
    if node.get("x-kubernetes-int-or-string"):
        result.pop("anyOf", None)
        result["type"] = ["integer", "string"]
    if (
        "properties" in node
        and "additionalProperties" not in node
        and not node.get("x-kubernetes-preserve-unknown-fields")
    ):
        result["additionalProperties"] = False
    return result


def kept(node: Schema) -> Iterator[tuple[str, object]]:
    """Select the keywords of a schema that validation needs.

    Args:
        node: One schema object.

    Yields:
        Keyword and value.
    """
    for key, part in node.items():
        extension = key.startswith("x-kubernetes-")
        if key in {"default", "description", "title"}:
            continue
        if not extension or key in KEPT_EXTENSIONS:
            yield key, part


def closed_part(key: str, part: object) -> object:
    """Close what stands under one keyword of a schema.

    Args:
        key: The keyword.
        part: Its value.

    Returns:
        The value with every schema in it closed.
    """
    if isinstance(part, list):
        return [
            closed(item) if isinstance(item, dict) else item for item in part
        ]
    if not isinstance(part, dict):
        return part
    if key == "properties":
        return {name: closed(value) for name, value in part.items()}
    return closed(part)


if __name__ == "__main__":
    raise SystemExit(main())
