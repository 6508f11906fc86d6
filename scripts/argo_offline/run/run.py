"""Running a workflow without a cluster."""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from argo_offline.manifests.folder import Folder, Source
from argo_offline.run.arguments import submit
from argo_offline.run.cluster import LocalCluster
from argo_offline.run.engine import Engine
from argo_offline.run.errors import LocalRunError
from argo_offline.run.events import (
    Listener,
    NodeEvent,
    WorkflowResult,
    record,
)
from argo_offline.run.manifest import (
    API_VERSION,
    Manifest,
    refuse_faults,
)
from argo_offline.run.nodes import Json, Phase
from argo_offline.run.run_folder import write_node, write_summary
from argo_offline.run.run_state import RunState
from argo_offline.run.stop import StopRequest
from argo_offline.run.substitution import replace_value
from argo_offline.run.template_index import TemplateIndex
from argo_offline.run.variable_checks import check_variables
from argo_offline.run.variables import Identity, workflow_variables
from argo_offline.run.volumes import with_own_volumes

TEMPLATE_LABEL = "workflows.argoproj.io/workflow-template"
_NAME_CHARACTERS = "bcdfghjklmnpqrstvwxz2456789"
_NAME_LENGTH = 5
_TOKEN_BYTES = 16


async def run_workflow(
    manifests: Sequence[Manifest],
    *,
    arguments: Mapping[str, str],
    cluster: LocalCluster,
    run_folder: Path,
    on_event: Listener,
    stop: StopRequest | None = None,
) -> WorkflowResult:
    """Runs a workflow: each container as a process on this machine.

    Nothing runs before the manifests and the arguments have been checked.

    Args:
        manifests: The Workflow or WorkflowTemplate to run, and after it the
            WorkflowTemplates that it refers to.
        arguments: The submitted parameters by name.
        cluster: Images, ConfigMaps, Secrets and what else is around it.
        run_folder: Folder for what the run leaves; created when absent.
        on_event: Told of every change of a node.
        stop: The wish to stop the run; see ``stop_on_signals``.

    Returns:
        How it ended; a failed workflow is a result, not an exception.

    Raises:
        ManifestError: The manifests hold something that is not supported.
        ArgumentError: The arguments do not fit the workflow.
        LocalRunError: The run's folder is not empty, or a value cannot be
            put into the workflow.
    """
    if run_folder.exists() and any(run_folder.iterdir()):
        raise LocalRunError(
            f"the run's folder {run_folder} is not empty; name a new one"
        )
    home = _with_reference(manifests[0], manifests)
    token = secrets.token_hex(_TOKEN_BYTES)
    spec = _submitted_spec(home.spec, arguments)
    rewritten = _rewritten(home, manifests, token)
    _refuse_faults(home, spec, manifests)
    state = _run_state(
        rewritten,
        spec,
        cluster,
        run_folder=run_folder,
        listener=_listener(on_event),
        token=token,
    )
    check_variables(rewritten, spec, state.variables)
    engine = Engine(state, stop or StopRequest())
    run_folder.mkdir(parents=True, exist_ok=True)
    await engine.run()
    result = _result(state, engine)
    write_summary(run_folder, result)
    return result


def _with_reference(
    manifest: Manifest, manifests: Sequence[Manifest]
) -> Manifest:
    reference = manifest.spec.get("workflowTemplateRef")
    if reference is None:
        return manifest
    index = TemplateIndex.of(manifest, manifests)
    template = index.workflow_template(str(reference.get("name", "")))
    merged = {**template.spec, **manifest.spec}
    own = manifest.spec.get("arguments", {}).get("parameters", [])
    named = {parameter["name"] for parameter in own}
    declared = template.spec.get("arguments", {}).get("parameters", [])
    merged["arguments"] = {
        "parameters": [*own, *(p for p in declared if p["name"] not in named)]
    }
    return replace(manifest, spec=merged)


def _submitted_spec(spec: Json, arguments: Mapping[str, str]) -> Json:
    declared = spec.get("arguments", {}).get("parameters", [])
    merged = submit(declared, arguments)
    return {**spec, "arguments": {"parameters": merged}}


def _refuse_faults(
    home: Manifest, spec: Json, manifests: Sequence[Manifest]
) -> None:
    """Refuses what Argo refuses of the workflow as it is submitted."""
    submitted = _document(home, "Workflow", spec)
    others = [
        _document(item, item.kind, item.spec)
        for item in manifests
        if item.kind == "WorkflowTemplate" and item.name != home.name
    ]
    sources = (
        Source(Path(home.source), documents=(submitted,)),
        *(Source(Path(home.source), documents=(item,)) for item in others),
    )
    refuse_faults(Folder(sources))


def _document(manifest: Manifest, kind: str, spec: Json) -> Json:
    labels = {**manifest.labels, TEMPLATE_LABEL: manifest.name}
    return {
        "apiVersion": API_VERSION,
        "kind": kind,
        "metadata": {
            "name": manifest.name,
            "labels": labels,
            "annotations": dict(manifest.annotations),
        },
        "spec": {k: v for k, v in spec.items() if k != "workflowTemplateRef"},
    }


def _rewritten(
    home: Manifest, manifests: Sequence[Manifest], token: str
) -> TemplateIndex:
    volumes = home.spec.get("volumes", [])

    def rewrite(manifest: Manifest) -> Manifest:
        templates = [
            with_own_volumes(template, volumes, token, manifest.source)
            for template in manifest.spec.get("templates", [])
        ]
        return replace(
            manifest, spec={**manifest.spec, "templates": templates}
        )

    return TemplateIndex.of(rewrite(home), map(rewrite, manifests))


def _run_state(
    index: TemplateIndex,
    spec: Json,
    cluster: LocalCluster,
    *,
    run_folder: Path,
    listener: Listener,
    token: str,
) -> RunState:
    identity = _identity(index.home, spec, cluster.namespace)
    variables = workflow_variables(identity, spec, cluster.config_maps)
    outside = {k: v for k, v in spec.items() if k != "templates"}
    return RunState(
        name=identity.name,
        uid=identity.uid,
        spec=replace_value(outside, variables),
        index=index,
        cluster=cluster,
        folder=run_folder,
        variables=variables,
        listener=listener,
        volume_token=token,
        created=identity.created,
    )


def _identity(home: Manifest, spec: Json, namespace: str) -> Identity:
    metadata = spec.get("workflowMetadata", {})
    labels, annotations = dict(home.labels), dict(home.annotations)
    if home.kind == "WorkflowTemplate":
        labels, annotations = {TEMPLATE_LABEL: home.name}, {}
    return Identity(
        name=_run_name(home),
        uid=str(uuid.uuid4()),
        namespace=namespace,
        created=datetime.now(UTC),
        labels={**labels, **metadata.get("labels", {})},
        annotations={**annotations, **metadata.get("annotations", {})},
    )


def _run_name(manifest: Manifest) -> str:
    if manifest.is_named:
        return manifest.name
    suffix = (secrets.choice(_NAME_CHARACTERS) for _ in range(_NAME_LENGTH))
    return f"{manifest.name}-{''.join(suffix)}"


def _listener(on_event: Listener) -> Listener:
    def tell(event: NodeEvent) -> None:
        write_node(event.node)
        on_event(event)

    return tell


def _result(state: RunState, engine: Engine) -> WorkflowResult:
    return WorkflowResult(
        name=state.name,
        uid=state.uid,
        phase=engine.phase or Phase.ERROR,
        message=engine.message,
        started=state.created,
        finished=datetime.now(UTC),
        nodes=tuple(record(n, state.nodes) for n in state.nodes),
        outputs=dict(state.outputs),
        folder=state.folder,
    )
