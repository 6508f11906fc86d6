"""The one way to make a sensor: no event is lost, and none is silent."""

from collections.abc import Mapping
from types import MappingProxyType

from events.models.base import Backoff, ObjectMeta
from events.models.sensor import (
    DeadLetterTrigger,
    Dependency,
    KubernetesTrigger,
    ParameterSource,
    Resource,
    Sensor,
    SensorSpec,
    Trigger,
    TriggerParameter,
    TriggerTemplate,
    Workflow,
    WorkflowArgument,
    WorkflowArguments,
    WorkflowSpec,
    WorkflowTemplateRef,
)
from events.names import BUS, SENSOR_ACCOUNT
from events.pods import pod_template
from steps.contract.wire import MARK
from workflows.authoring.names import labels

DEPENDENCY = "event"
PACE = "pace"
# Two minutes, and then a quarter of an hour for the dead letter: longer
# than the API server is down for an upgrade.
TRIES = Backoff(steps=8, duration="1s")
DEAD_LETTER_TRIES = Backoff(steps=30, duration="30s", factor=1)
DEAD_LETTER = "dead-letter"
WHOLE_EVENT = f"{MARK}{{{{ .Input | toJson | b64enc }}}}"
DESTINATION = "spec.arguments.parameters.{}.value"
LABEL_DESTINATION = "metadata.labels.{}"
NOTHING: Mapping[str, ParameterSource] = MappingProxyType({})


def workflow_sensor(
    metadata: ObjectMeta,
    *,
    source: str,
    event: str,
    workflow: str,
    arguments: Mapping[str, ParameterSource],
    event_labels: Mapping[str, ParameterSource] = NOTHING,
    pace: Dependency | None = None,
) -> Sensor:
    """Makes a sensor that starts a workflow for each event.

    With a pace it starts one for all events since the pace's last tick: at
    once where a tick is waiting for an event, at the next tick otherwise.
    Argo Events keeps the latest event and the latest tick, and drops both
    only when the workflow has been created.

    An event whose workflow cannot be created is tried again; in the end the
    workflow ``dead-letter`` keeps it.

    Args:
        metadata: The sensor's metadata.
        source: The EventSource.
        event: Its event.
        workflow: The WorkflowTemplate to run.
        arguments: What of the event becomes which argument.
        event_labels: What of the event becomes which label; it has to be a
            label's value for any event.
        pace: The events of a calendar source, called ``PACE``.

    Returns:
        The Sensor.
    """
    name = metadata.name or ""
    dead_letter: dict[str, ParameterSource | WorkflowArgument] = {
        "sensor": WorkflowArgument(name="sensor", value=name),
        "event": ParameterSource(
            dependency_name=DEPENDENCY, data_template=WHOLE_EVENT
        ),
    }
    return Sensor(
        metadata=metadata,
        spec=SensorSpec(
            event_bus_name=BUS,
            template=pod_template(name, SENSOR_ACCOUNT),
            dependencies=(
                Dependency(
                    name=DEPENDENCY,
                    event_source_name=source,
                    event_name=event,
                ),
                *((pace,) if pace else ()),
            ),
            triggers=(
                Trigger(
                    template=_creates(
                        workflow,
                        arguments,
                        event_labels=event_labels,
                        conditions=(
                            f"{DEPENDENCY} && {PACE}" if pace else None
                        ),
                    ),
                    retry_strategy=TRIES,
                    dlq_trigger=DeadLetterTrigger(
                        template=_creates(DEAD_LETTER, dead_letter),
                        retry_strategy=DEAD_LETTER_TRIES,
                    ),
                ),
            ),
        ),
    )


def from_event(
    *,
    key: str | None = None,
    template: str | None = None,
    otherwise: str | None = None,
) -> ParameterSource:
    """Takes a value from the event.

    Args:
        key: Where it is in the event's data.
        template: A Go template that makes it of the event's data.
        otherwise: The value where there is none in the event; without it,
            the trigger fails.

    Returns:
        The source of the value.
    """
    return ParameterSource(
        dependency_name=DEPENDENCY,
        data_key=key,
        data_template=template,
        value=otherwise,
    )


def _creates(
    workflow: str,
    arguments: Mapping[str, ParameterSource | WorkflowArgument],
    *,
    event_labels: Mapping[str, ParameterSource] = NOTHING,
    conditions: str | None = None,
) -> TriggerTemplate:
    return TriggerTemplate(
        name=workflow,
        conditions=conditions,
        k8s=KubernetesTrigger(
            source=Resource(
                resource=Workflow(
                    metadata=ObjectMeta(
                        generate_name=f"{workflow}-", labels=labels(workflow)
                    ),
                    spec=WorkflowSpec(
                        workflow_template_ref=WorkflowTemplateRef(
                            name=workflow
                        ),
                        arguments=WorkflowArguments(
                            parameters=tuple(
                                value
                                if isinstance(value, WorkflowArgument)
                                else WorkflowArgument(name=name)
                                for name, value in arguments.items()
                            )
                        ),
                    ),
                )
            ),
            parameters=(
                *(
                    TriggerParameter(src=value, dest=DESTINATION.format(index))
                    for index, value in enumerate(arguments.values())
                    if isinstance(value, ParameterSource)
                ),
                *(
                    TriggerParameter(src=value, dest=_label(label))
                    for label, value in event_labels.items()
                ),
            ),
        ),
    )


def _label(name: str) -> str:
    """Writes where a label goes; a dot in its name is none of the path's."""
    return LABEL_DESTINATION.format(name.replace(".", r"\."))
