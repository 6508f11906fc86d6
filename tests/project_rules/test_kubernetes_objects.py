"""Objects of Kubernetes itself, metadata, and kinds that are not known."""

import pytest

from tests.argo_offline.lint.conftest import Check
from tests.argo_offline.lint.findings import of_rule, only
from tests.argo_offline.lint.good import Good


def test_unknown_kind(check: Check) -> None:
    findings = check(lambda good: good.sensor.update(kind="Sensr"))
    assert "did you mean 'Sensor'?" in "".join(of_rule(findings, "kinds"))


@pytest.mark.parametrize(
    ("file", "field", "value"),
    [
        ("account.yaml", "imagePullSecret", []),
        ("role.yaml", "rule", []),
        ("settings.yaml", "dat", {}),
    ],
)
def test_unknown_field_of_a_kubernetes_object(
    check: Check, file: str, field: str, value: object
) -> None:
    findings = check(lambda good: good.documents[file].update({field: value}))
    assert f"there is no field '{field}'" in only(findings, "core-fields")


def test_config_map_with_a_number(check: Check) -> None:
    def change(good: Good) -> None:
        good.documents["settings.yaml"]["data"]["PORT"] = 80

    assert "data.PORT" in only(check(change), "core-fields")


def test_role_binding_to_a_misspelt_kind(check: Check) -> None:
    def change(good: Good) -> None:
        good.documents["binding.yaml"] = {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "RoleBinding",
            "metadata": {"name": "workflow-runner"},
            "roleRef": {
                "apiGroup": "rbac.authorization.k8s.io",
                "kind": "Rol",
                "name": "workflow-runner",
            },
            "subjects": [],
        }

    assert "roleRef.kind" in only(check(change), "core-fields")


def test_unknown_field_of_metadata(check: Check) -> None:
    def change(good: Good) -> None:
        good.workflow["metadata"]["label"] = {}

    line = only(check(change), "metadata")
    assert "did you mean 'labels'?" in line
