"""A good folder of manifests, built with Hera where Hera can."""

import copy
import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from hera.workflows import (
    DAG,
    Container,
    CronWorkflow,
    Env,
    Parameter,
    Resources,
    RetryStrategy,
    SecretEnv,
    Step,
    Steps,
    Task,
    WorkflowTemplate,
)
from hera.workflows.models import (
    Capabilities,
    LabelSelector,
    LifecycleHook,
    Mutex,
    PodGC,
    SeccompProfile,
    SecurityContext,
    Synchronization,
    TTLStrategy,
    ValueFrom,
    WorkflowTemplateRef,
)

Document = dict[str, Any]

LABELS = {
    "app.kubernetes.io/component": "matrix-profile",
    "app.kubernetes.io/name": "matrix-profile",
    "app.kubernetes.io/part-of": "moderate-workflows",
}
IMAGE = "{{workflow.parameters.steps_image}}"
METADATA = {"name": "workflow-runner", "labels": LABELS}


@dataclass
class Good:
    """Manifests without a finding, for tests to break.

    Attributes:
        documents: The manifests by file name.
    """

    documents: dict[str, Document] = field(default_factory=dict)

    @property
    def workflow(self) -> Document:
        """The workflow template."""
        return self.documents["workflow.yaml"]

    @property
    def spec(self) -> Document:
        """The workflow template's specification."""
        spec: Document = self.workflow["spec"]
        return spec

    @property
    def cron(self) -> Document:
        """The cron workflow."""
        return self.documents["cron.yaml"]

    @property
    def sensor(self) -> Document:
        """The sensor."""
        return self.documents["sensor.yaml"]

    @property
    def source(self) -> Document:
        """The event source."""
        return self.documents["source.yaml"]

    @property
    def trigger(self) -> Document:
        """The sensor's trigger."""
        trigger: Document = self.sensor["spec"]["triggers"][0]
        return trigger

    def template(self, name: str) -> Document:
        """Find a template.

        Args:
            name: Its name.

        Returns:
            The template.
        """
        return named(self.spec["templates"], name)

    def task(self, name: str) -> Document:
        """Find a task of the template main.

        Args:
            name: Its name.

        Returns:
            The task.
        """
        return named(self.template("main")["dag"]["tasks"], name)

    def step(self, name: str) -> Document:
        """Find a step of the template publish.

        Args:
            name: Its name.

        Returns:
            The step.
        """
        groups = self.template("publish")["steps"]
        return named([step for group in groups for step in group], name)

    def container(self, name: str) -> Document:
        """Find a template's container.

        Args:
            name: The template's name.

        Returns:
            The container.
        """
        container: Document = self.template(name)["container"]
        return container

    def write(self, folder: Path) -> None:
        """Write one file for each manifest.

        Args:
            folder: Where to.
        """
        for name, document in self.documents.items():
            without_aliases = json.loads(json.dumps(document))
            text = yaml.safe_dump(without_aliases)
            (folder / name).write_text(text, "utf-8")


def named(items: list[Document], name: str) -> Document:
    """Find an object by its name.

    Args:
        items: The objects.
        name: The name.

    Returns:
        The object.
    """
    return next(item for item in items if item["name"] == name)


def good() -> Good:
    """Build the good manifests.

    Returns:
        A copy of its own for each caller.
    """
    return Good(copy.deepcopy(built()))


@cache
def built() -> dict[str, Document]:
    """Build the good manifests once.

    Returns:
        The manifests by file name.
    """
    return {
        "workflow.yaml": workflow_template().to_dict(),
        "cron.yaml": cron_workflow().to_dict(),
        "sensor.yaml": sensor(),
        "source.yaml": source(),
        "account.yaml": {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": METADATA,
        },
        "role.yaml": {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "Role",
            "metadata": METADATA,
            "rules": [
                {
                    "apiGroups": ["argoproj.io"],
                    "resources": ["workflowtaskresults"],
                    "verbs": ["create", "patch"],
                }
            ],
        },
        "settings.yaml": {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": METADATA,
            "data": {"S3_REGION": "europe-west1"},
        },
    }


def pod(name: str, **fields: Any) -> Container:  # noqa: ANN401 - Hera's own
    """Build a template that runs a pod as this repository asks.

    Args:
        name: The template's name.
        fields: Further fields of Hera's container.

    Returns:
        The template; inside a workflow's context it is added to it.
    """
    return Container(
        name=name,
        image=IMAGE,
        active_deadline_seconds=300,
        resources=Resources(
            cpu_request="100m",
            cpu_limit="1",
            memory_request="64Mi",
            memory_limit="256Mi",
        ),
        security_context=SecurityContext(
            allow_privilege_escalation=False,
            capabilities=Capabilities(drop=["ALL"]),
            read_only_root_filesystem=True,
            run_as_non_root=True,
            seccomp_profile=SeccompProfile(type="RuntimeDefault"),
        ),
        **fields,
    )


def workflow_template() -> WorkflowTemplate:
    """Build a workflow template that uses most of Argo's references.

    Returns:
        The workflow template.
    """
    workflow = WorkflowTemplate(
        name="matrix-profile",
        labels=LABELS,
        annotations={
            "workflows.argoproj.io/title": "Matrix profile",
            "workflows.argoproj.io/description": "Finds motifs.",
        },
        entrypoint="main",
        on_exit="report",
        service_account_name="workflow-runner",
        active_deadline_seconds=3600,
        arguments=[
            Parameter(name="n", value="3"),
            Parameter(name="steps_image", value="moderate/steps:1.0.0"),
        ],
        pod_gc=PodGC(
            strategy="OnPodSuccess",
            label_selector=LabelSelector(match_labels={"keep": "no"}),
        ),
        ttl_strategy=TTLStrategy(seconds_after_completion=86400),
        synchronization=Synchronization(
            mutexes=[Mutex(name="{{workflow.parameters.n}}")]
        ),
    )
    with workflow:
        prepare = pod(
            "prepare",
            args=["--n={{inputs.parameters.n}}", "--into={{pod.name}}"],
            inputs=[Parameter(name="n")],
            outputs=[output("items")],
            env=[
                SecretEnv(
                    name="S3_SECRET_ACCESS_KEY",
                    secret_name="s3",
                    secret_key="S3_SECRET_ACCESS_KEY",
                )
            ],
            retry_strategy=RetryStrategy(
                limit=2, expression="asInt(lastRetry.exitCode) == 75"
            ),
        )
        compute = pod(
            "compute",
            args=["{{=sprig.upper(inputs.parameters['the-item'])}}"],
            inputs=[
                Parameter(name="the-item"),
                Parameter(name="scale", default="1"),
            ],
            env=[Env(name="JSON", value='{"nested":{"a":1}}')],
            outputs=[output("score", global_name="best")],
        )
        report = pod(
            "report",
            args=[
                "{{workflow.status}}",
                "{{workflow.outputs.parameters.best}}",
            ],
        )
        publish_steps(report, compute)
        main_tasks(prepare, compute)
    return workflow


def output(name: str, global_name: str | None = None) -> Parameter:
    """Build an output parameter.

    Args:
        name: Its name.
        global_name: Its name in the whole workflow.

    Returns:
        The parameter.
    """
    path = ValueFrom(path=f"/tmp/{name}")  # noqa: S108 - inside the container
    return Parameter(name=name, value_from=path, global_name=global_name)


def main_tasks(prepare: Container, compute: Container) -> None:
    """Add the template main: prepare, then a fan-out, then publish.

    Args:
        prepare: The template of the first task.
        compute: The template of the fan-out.
    """
    with DAG(name="main"):
        Task(
            name="prepare",
            template=prepare,
            arguments={"n": "{{workflow.parameters.n}}"},
        )
        Task(
            name="compute",
            template=compute,
            depends="prepare.Succeeded",
            with_param="{{tasks.prepare.outputs.parameters.items}}",
            arguments={"the-item": "{{item.key}}"},
        )
        Task(
            name="publish",
            template="publish",
            depends="prepare && (compute.Succeeded || compute.AllFailed)",
            when="{{tasks.prepare.exitCode}} == 0",
            arguments={
                "scores": "{{=toJson(tasks.compute.outputs.parameters.score)}}"
            },
            hooks={
                "failed": LifecycleHook(
                    expression="tasks.publish.status == 'Failed'",
                    template="report",
                )
            },
        )


def publish_steps(report: Container, compute: Container) -> None:
    """Add the template publish: two steps, one after the other.

    Args:
        report: The template of the last step.
        compute: The template of the first step.
    """
    with Steps(name="publish", inputs=[Parameter(name="scores")]):
        Step(
            name="first",
            template=compute,
            arguments={"the-item": "{{inputs.parameters.scores}}"},
        )
        Step(
            name="last",
            template=report,
            when="{{steps.first.outputs.parameters.score}} != 0",
        )


def cron_workflow() -> CronWorkflow:
    """Build a cron workflow that starts the workflow template.

    Returns:
        The cron workflow.
    """
    return CronWorkflow(
        name="matrix-profile-nightly",
        labels=LABELS,
        schedules=["0 0,12 * * *"],
        timezone="Europe/Madrid",
        workflow_template_ref=WorkflowTemplateRef(name="matrix-profile"),
        arguments=[Parameter(name="n", value="7")],
    )


def sensor() -> Document:
    """Write a sensor that starts the workflow template.

    Returns:
        The sensor.
    """
    workflow = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"generateName": "matrix-profile-"},
        "spec": {
            "workflowTemplateRef": {"name": "matrix-profile"},
            "arguments": {"parameters": [{"name": "n", "value": "1"}]},
        },
    }
    trigger = {
        "name": "start",
        "k8s": {"operation": "create", "source": {"resource": workflow}},
    }
    dead_letter = copy.deepcopy(trigger) | {"name": "keep"}
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Sensor",
        "metadata": {"name": "matrix-profile", "labels": LABELS},
        "spec": {
            "template": event_pod(),
            "dependencies": [
                {
                    "name": "message",
                    "eventSourceName": "queue",
                    "eventName": "job",
                }
            ],
            "triggers": [
                {
                    "template": trigger,
                    "atLeastOnce": True,
                    "retryStrategy": {"steps": 8, "duration": "1s"},
                    "dlqTrigger": {
                        "template": dead_letter,
                        "atLeastOnce": True,
                    },
                }
            ],
        },
    }


def source() -> Document:
    """Write an event source with one webhook.

    Returns:
        The event source.
    """
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "EventSource",
        "metadata": {"name": "queue", "labels": LABELS},
        "spec": {
            "template": event_pod(),
            "webhook": {
                "job": {
                    "endpoint": "/job",
                    "method": "POST",
                    "port": "12000",
                    "authSecret": {"name": "webhook", "key": "WEBHOOK_TOKEN"},
                }
            },
        },
    }


def event_pod() -> Document:
    """Write the pod of a source or a sensor.

    Returns:
        The pod's template.
    """
    amounts = {"cpu": "100m", "memory": "64Mi"}
    return {
        "serviceAccountName": "workflow-runner",
        "securityContext": {
            "runAsNonRoot": True,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "container": {
            "resources": {"requests": amounts, "limits": amounts},
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
                "readOnlyRootFilesystem": True,
            },
        },
    }
