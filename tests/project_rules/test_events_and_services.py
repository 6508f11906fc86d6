"""Rules of this repository on sources, sensors and services."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.argo_offline.lint.conftest import Check
from tests.argo_offline.lint.findings import of_rule, only
from tests.argo_offline.lint.good import Good

Change = Callable[[Good], object]


@pytest.mark.parametrize(
    ("field", "advice"),
    [
        ("atLeastOnce", "set atLeastOnce: true"),
        ("retryStrategy", "set retryStrategy"),
        ("dlqTrigger", "set dlqTrigger"),
    ],
)
def test_a_trigger_holds_its_event(
    check: Check, field: str, advice: str
) -> None:
    found = only(check(lambda good: good.trigger.pop(field)), "events-held")
    assert found.startswith("trigger start: ")
    assert advice in found


def test_a_dead_letter_is_waited_for(check: Check) -> None:
    found = only(
        check(lambda good: good.trigger["dlqTrigger"].pop("atLeastOnce")),
        "events-held",
    )
    assert "trigger start, dlqTrigger" in found


def test_the_workflow_of_a_dead_letter_is_checked(check: Check) -> None:
    def change(good: Good) -> None:
        template = good.trigger["dlqTrigger"]["template"]
        template["k8s"]["source"]["resource"]["spec"]["entrypont"] = "x"

    assert "entrypont" in of_rule(check(change), "fields")[0]


def test_a_source_has_one_event(check: Check) -> None:
    def change(good: Good) -> None:
        webhooks = good.source["spec"]["webhook"]
        webhooks["other"] = dict(webhooks["job"])

    assert "has 2 events" in only(check(change), "one-event")


def test_a_webhook_has_a_token(check: Check) -> None:
    def change(good: Good) -> None:
        del good.source["spec"]["webhook"]["job"]["authSecret"]

    assert "spec.webhook.job" in only(check(change), "webhook-tokens")


def pod(good: Good) -> dict[str, Any]:
    template: dict[str, Any] = good.source["spec"]["template"]
    return template


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (
            lambda good: pod(good)["securityContext"].pop("runAsNonRoot"),
            "non-root",
        ),
        (
            lambda good: pod(good)["securityContext"].update(runAsUser=0),
            "non-root",
        ),
        (
            lambda good: pod(good)["securityContext"].pop("seccompProfile"),
            "seccomp",
        ),
        (
            lambda good: pod(good)["container"]["securityContext"].pop(
                "capabilities"
            ),
            "privileges",
        ),
        (
            lambda good: pod(good)["container"]["resources"].pop("limits"),
            "resources",
        ),
        (
            lambda good: pod(good).pop("serviceAccountName"),
            "service-account",
        ),
    ],
)
def test_a_source_is_restricted(
    check: Check, change: Change, rule: str
) -> None:
    assert only(check(change), rule).startswith("spec.template.container: ")


def test_a_secret_of_a_source_is_not_written_out(check: Check) -> None:
    def change(good: Good) -> None:
        variable = {"name": "API_PASSWORD", "value": "swordfish"}
        pod(good)["container"]["env"] = [variable]

    found = only(check(change), "secret-environment")
    assert found.startswith("spec.template.container: ")


def test_a_pod_of_its_own_is_restricted(check: Check) -> None:
    def change(good: Good) -> None:
        spec = {
            "serviceAccountName": "workflow-runner",
            "securityContext": {"runAsNonRoot": True},
            "containers": [dict(pod(good)["container"], name="main")],
        }
        good.documents["pod.yaml"] = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "check"},
            "spec": spec,
        }

    found = of_rule(check(change), "seccomp")
    assert found[0].startswith("spec.containers[main]: ")
