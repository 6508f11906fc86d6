"""What this repository asks of sources and sensors: no event is lost."""

from collections.abc import Iterator

from argo_offline.lint.rule import Rule
from argo_offline.manifests.access import Json, mapping, mappings, text
from argo_offline.manifests.finding import Finding
from argo_offline.manifests.folder import Folder
from moderate.project_rules.group import PROJECT

SENSORS = frozenset({"Sensor"})
SOURCES = frozenset({"EventSource"})
NOT_EVENTS = frozenset({"eventBusName", "replicas", "service", "template"})


def held(folder: Folder) -> Iterator[Finding]:
    """Refuse triggers that lose an event before its work is done."""
    for manifest in folder.of_kinds(SENSORS):
        for trigger in mappings(manifest.spec.get("triggers")):
            name = text(mapping(trigger, "template").get("name"))
            for message in _forgetful(trigger):
                yield Finding(manifest.file, f"trigger {name}", message)
            dead_letter = mapping(trigger, "dlqTrigger")
            if dead_letter and dead_letter.get("atLeastOnce") is not True:
                yield Finding(
                    manifest.file,
                    f"trigger {name}, dlqTrigger",
                    "is not waited for; set atLeastOnce: true",
                )


def _forgetful(trigger: Json) -> Iterator[str]:
    if trigger.get("atLeastOnce") is not True:
        yield "acknowledges events at once; set atLeastOnce: true"
    if not mapping(trigger, "retryStrategy"):
        yield "tries once; set retryStrategy"
    if not mapping(trigger, "dlqTrigger"):
        yield "drops an event after its last try; set dlqTrigger"


def one_event(folder: Folder) -> Iterator[Finding]:
    """Refuse sources with several events: one can end without an error."""
    for manifest in folder.of_kinds(SOURCES):
        events = [
            name
            for kind in manifest.spec.keys() - NOT_EVENTS
            for name in mapping(manifest.spec, kind)
        ]
        if len(events) != 1:
            yield Finding(
                manifest.file,
                "spec",
                f"has {len(events)} events; give each a source of its own",
            )


def webhook_tokens(folder: Folder) -> Iterator[Finding]:
    """Refuse webhooks that anybody in the cluster may call."""
    for manifest in folder.of_kinds(SOURCES):
        webhooks = mapping(manifest.spec, "webhook")
        for name in webhooks:
            if not mapping(webhooks, name, "authSecret"):
                yield Finding(
                    manifest.file,
                    f"spec.webhook.{name}",
                    "has no token; set authSecret",
                )


RULES = tuple(
    Rule(name, summary, check, PROJECT)
    for name, summary, check in (
        ("events-held", "sensors hold an event until it is done", held),
        ("one-event", "a source has one event", one_event),
        ("webhook-tokens", "webhooks have a token", webhook_tokens),
    )
)
