"""The limit that both workflows of trust share."""

from steps.trust.inputs import OBJECTS, USERS
from tests.rendered import container_templates, objects
from workflows.authoring.names import LIMITS, TRUST_REQUESTS

# Seen: 13 requests at once left the platform in order, 40 did not.
SEEN_TO_BE_SAFE = 13


def test_all_pods_that_request_hold_the_same_limit() -> None:
    requesting = {
        str(one): one.template["synchronization"]["semaphores"]
        for one in container_templates()
        if one.template["name"] == "ensure"
    }
    reference = {"configMapKeyRef": {"name": LIMITS, "key": TRUST_REQUESTS}}
    assert requesting == {
        f"{USERS}/ensure": [reference],
        f"{OBJECTS}/ensure": [reference],
    }


def test_the_limit_is_one_that_the_platform_bears() -> None:
    (limits,) = [
        one
        for one in objects()
        if one["kind"] == "ConfigMap" and one["metadata"]["name"] == LIMITS
    ]
    assert 1 <= int(limits["data"][TRUST_REQUESTS]) <= SEEN_TO_BE_SAFE
