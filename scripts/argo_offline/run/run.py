"""Running a workflow without a cluster."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from argo_offline.errors import LocalRunError
from argo_offline.run.cluster import LocalCluster
from argo_offline.run.engine import Engine, StopRequest
from argo_offline.run.manifest import Manifest, TemplateIndex
from argo_offline.run.nodes import Phase
from argo_offline.run.results import (
    Listener,
    NodeEvent,
    WorkflowResult,
    record,
    write_node,
    write_summary,
)
from argo_offline.run.run_state import RunState
from argo_offline.run.submission import (
    refuse_submission,
    submit,
    workflow_variables,
)
from argo_offline.run.substitution import replace_value
from argo_offline.run.volumes import with_own_volumes

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
        on_event: Called at every change of a node.
        stop: The request to stop the run; see ``stop_on_signals``.

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
    submission = submit(manifests, arguments, cluster.namespace)
    token = secrets.token_hex(_TOKEN_BYTES)
    index = _rewritten(submission.home, manifests, token)
    identity, spec = submission.identity, submission.spec
    variables = workflow_variables(identity, spec, cluster.config_maps)
    refuse_submission(submission, manifests, variables)
    outside = {k: v for k, v in spec.items() if k != "templates"}
    state = RunState(
        name=identity.name,
        uid=identity.uid,
        spec=replace_value(outside, variables),
        index=index,
        cluster=cluster,
        folder=run_folder,
        variables=variables,
        listener=_listener(on_event),
        volume_token=token,
        created=identity.created,
    )
    engine = Engine(state, stop or StopRequest())
    run_folder.mkdir(parents=True, exist_ok=True)
    await engine.run()
    result = _result(state, engine)
    write_summary(run_folder, result)
    return result


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


def _listener(on_event: Listener) -> Listener:
    def listen(event: NodeEvent) -> None:
        write_node(event.node)
        on_event(event)

    return listen


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
