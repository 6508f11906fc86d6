"""Sensor: which events start which workflows."""

from typing import Literal

from pydantic import Field

from events.models.base import Backoff, Model, ObjectMeta
from events.models.bus import API_VERSION
from events.models.pod import PodTemplate


class DataFilter(Model):
    """A condition on an event's data; other events are dropped.

    Attributes:
        path: Where the value is.
        type: What it is compared as.
        comparator: How it is compared.
        value: What it is compared with, any of these.
    """

    path: str
    type: Literal["bool", "number", "string"]
    comparator: Literal[">=", ">", "=", "!=", "<", "<="] | None = None
    value: tuple[str, ...]


class Filters(Model):
    """Conditions on an event.

    Attributes:
        data: Conditions on its data; all have to hold.
    """

    data: tuple[DataFilter, ...]


class Dependency(Model):
    """An event that a sensor waits for.

    Attributes:
        name: What the triggers call it.
        event_source_name: The EventSource.
        event_name: The event of that source.
        filters: Conditions on it.
    """

    name: str
    event_source_name: str
    event_name: str
    filters: Filters | None = None


class ParameterSource(Model):
    """Where a value comes from.

    Attributes:
        dependency_name: The event.
        data_key: Where the value is in its data.
        data_template: A Go template that makes the value of its data.
        value: The value where its data has none.
    """

    dependency_name: str
    data_key: str | None = None
    data_template: str | None = None
    value: str | None = None


class TriggerParameter(Model):
    """A value that an event puts into what is created.

    Attributes:
        src: Where it comes from.
        dest: Where it goes.
    """

    src: ParameterSource
    dest: str


class WorkflowArgument(Model):
    """An argument of a workflow.

    Attributes:
        name: The parameter.
        value: Its value, unless a trigger's parameter fills it.
    """

    name: str
    value: str = ""


class WorkflowArguments(Model):
    """The arguments of a workflow.

    Attributes:
        parameters: One per parameter.
    """

    parameters: tuple[WorkflowArgument, ...]


class WorkflowTemplateRef(Model):
    """The WorkflowTemplate that a workflow runs.

    Attributes:
        name: Its name.
    """

    name: str


class WorkflowSpec(Model):
    """What a created workflow runs.

    Attributes:
        workflow_template_ref: The WorkflowTemplate.
        arguments: Its arguments.
    """

    workflow_template_ref: WorkflowTemplateRef
    arguments: WorkflowArguments


class Workflow(Model):
    """The workflow that a trigger creates.

    Attributes:
        metadata: What its generated name begins with, and its labels.
        spec: What it runs.
    """

    api_version: Literal["argoproj.io/v1alpha1"] = API_VERSION
    kind: Literal["Workflow"] = "Workflow"
    metadata: ObjectMeta
    spec: WorkflowSpec


class Resource(Model):
    """What is created.

    Attributes:
        resource: The object.
    """

    resource: Workflow


class KubernetesTrigger(Model):
    """A trigger that creates a workflow.

    Attributes:
        operation: What it does.
        source: What it creates.
        parameters: The values that the event puts into it.
    """

    operation: Literal["create"] = "create"
    source: Resource
    parameters: tuple[TriggerParameter, ...]


class TriggerTemplate(Model):
    """What a trigger does.

    Attributes:
        name: Its name.
        conditions: Which dependencies it waits for, where not for all.
        k8s: What it creates.
    """

    name: str
    conditions: str | None = None
    k8s: KubernetesTrigger = Field(alias="k8s")


class RateLimit(Model):
    """How often a trigger may act.

    Attributes:
        unit: The length of time.
        requests_per_unit: How often in it.
    """

    unit: Literal["Second", "Minute", "Hour"]
    requests_per_unit: int


class DeadLetterTrigger(Model):
    """What is done with an event whose trigger has failed for good.

    Attributes:
        template: What it does.
        retry_strategy: When it is repeated.
        at_least_once: Whether the event is held until it is done.
    """

    template: TriggerTemplate
    retry_strategy: Backoff
    at_least_once: Literal[True] = True


class Trigger(Model):
    """What an event starts.

    Attributes:
        template: What it does.
        retry_strategy: When it is repeated.
        rate_limit: How often it may act.
        at_least_once: Whether the event is held until it is done; without
            it, neither repetitions nor the dead letter apply.
        dlq_trigger: What is done with the event after the last repetition.
    """

    template: TriggerTemplate
    retry_strategy: Backoff
    rate_limit: RateLimit | None = None
    at_least_once: Literal[True] = True
    dlq_trigger: DeadLetterTrigger


class SensorSpec(Model):
    """Which events start what.

    Attributes:
        event_bus_name: The bus that the events come from.
        template: The pod.
        dependencies: The events.
        triggers: What they start.
    """

    event_bus_name: str
    template: PodTemplate
    dependencies: tuple[Dependency, ...]
    triggers: tuple[Trigger, ...]


class Sensor(Model):
    """A Sensor.

    Attributes:
        metadata: Its name and labels.
        spec: Which events start what.
    """

    api_version: Literal["argoproj.io/v1alpha1"] = API_VERSION
    kind: Literal["Sensor"] = "Sensor"
    metadata: ObjectMeta
    spec: SensorSpec
