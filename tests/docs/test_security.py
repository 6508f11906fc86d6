"""Each sentence about security has tests, which are named here."""

import re

import pytest

from checkout.paths import ROOT

PAGE = (ROOT / "docs/security.md").read_text("utf-8")
TESTS = ROOT / "tests"
ROW = re.compile(r"^\| (?!---)(.+) \|$", re.MULTILINE)
RENDERED = re.compile(r"<!-- credentials.*?/credentials -->", re.DOTALL)
HEADINGS = {"credential | what it can do", "who | does | what happens"}

# A row or a sentence, and the tests that fail when it is not true.
TESTED_BY: dict[str, tuple[str, ...]] = {
    "a pod gets those that its step declares": (
        (
            "authoring/test_step_containers.py::"
            "test_the_environment_is_the_steps_settings_and_nothing_else"
        ),
    ),
    "None is in a parameter, an argument, an output, a log": (
        (
            "matrix_profile/test_report.py::"
            "test_nothing_that_is_written_holds_a_secret"
        ),
        (
            "matrix_profile/test_pipeline.py::"
            "test_no_secret_is_left_in_the_runs_folder"
        ),
        (
            "project_rules/test_workflows_and_pods.py::"
            "test_secret_written_out_in_an_argument"
        ),
    ),
    "executor's ServiceAccounts, one per workflow": (
        (
            "authoring/test_rendered_rules.py::"
            "test_a_workflow_may_report_results_and_nothing_else"
        ),
        (
            "authoring/test_rendered_rules.py::"
            "test_no_main_container_has_a_token_of_the_kubernetes_api"
        ),
        (
            "cluster/test_security.py::"
            "test_of_each_step_argo_s_own_containers_alone_have_a_token"
        ),
    ),
    "Sensors' ServiceAccount": (
        "chart/test_objects.py::test_only_sensors_may_create_workflows",
        "chart/test_objects.py::test_roles_grant_two_things_and_no_more",
    ),
    "Which pods get which Secret": (
        (
            "docs/test_completeness.py::"
            "test_every_secret_is_among_the_credentials"
        ),
    ),
    "it is never logged": (
        (
            "matrix_profile/test_prepare.py::"
            "test_neither_the_url_nor_a_secret_is_logged"
        ),
    ),
    "which steps have no right to write": (
        "chart/test_objects.py::test_roles_grant_two_things_and_no_more",
    ),
    "Nothing outside the cluster by default": (
        "chart/test_traffic.py::test_a_foreign_pod_reaches_no_pod",
    ),
    "those that `networkPolicies.webhookCallers` names": (
        (
            "chart/test_traffic.py::"
            "test_callers_that_are_named_reach_the_webhooks"
        ),
    ),
    "Pods reach DNS, the EventBus, the API server where they need it": (
        "chart/test_traffic.py::test_every_pod_can_resolve_names",
        "chart/test_traffic.py::test_who_does_not_is_not",
        (
            "chart/test_traffic.py::"
            "test_the_api_server_is_reached_by_argo_s_executor_and_sensors"
        ),
    ),
    "names a foreign bucket, key or image": (
        (
            "matrix_profile/test_prepare.py::"
            "test_an_input_of_another_bucket_is_refused"
        ),
        (
            "matrix_profile/test_prepare.py::"
            "test_an_image_off_the_list_is_refused"
        ),
    ),
    "programs send it as `b64:` and base64url": (
        (
            "cluster/test_matrix_profile.py::"
            "test_hostile_values_arrive_as_they_were_sent"
        ),
        (
            "contract/test_wire.py::"
            "test_the_encoded_form_is_plain_ascii_without_braces"
        ),
    ),
    "an id that is markup, or another message's": (
        (
            "events/test_rendered.py::"
            "test_a_message_s_id_is_a_label_and_an_argument_or_nothing"
        ),
        "contract/test_message_id.py::test_a_hostile_id_is_not_used",
    ),
    "sends the message twice, or a thousand": (
        (
            "cluster/test_events.py::"
            "test_a_doubled_message_makes_two_workflows_of_one_mutex"
        ),
        (
            "matrix_profile/test_prepare.py::"
            "test_a_job_that_has_its_results_needs_nothing"
        ),
    ),
    "a huge, broken or hostile CSV": (
        (
            "matrix_profile/test_prepare.py::"
            "test_an_input_one_byte_larger_is_refused"
        ),
        (
            "cluster/test_matrix_profile.py::"
            "test_a_job_that_needs_too_much_memory_is_reported"
        ),
        (
            "matrix_profile/test_workflow.py::"
            "test_compute_runs_for_an_hour_at_most"
        ),
        (
            "matrix_profile/compute/test_report.py::"
            "test_hostile_column_name_adds_no_element"
        ),
    ),
    "an image on the allow-list": (
        (
            "argo_offline/lint/test_good_manifests.py::"
            "test_rendered_manifests_have_no_findings"
        ),
        "project_rules/test_workflows_and_pods.py::test_security_context",
        (
            "matrix_profile/test_workflow.py::"
            "test_compute_gets_no_credential_but_those_of_s3"
        ),
    ),
    "a database, table or prefix name": (
        (
            "catalog/test_postgres.py::"
            "test_a_hostile_name_is_a_service_of_its_own"
        ),
        (
            "catalog/test_postgres.py::"
            "test_a_hostile_table_is_found_again_in_its_database"
        ),
    ),
    "a public Git repository": (
        (
            "dataset_from_git/test_repository.py::"
            "test_a_symbolic_link_is_not_followed"
        ),
        (
            "dataset_from_git/test_repository.py::"
            "test_configuration_of_this_machine_is_not_read"
        ),
        (
            "dataset_from_git/test_https.py::"
            "test_no_credentials_of_this_machine_are_sent"
        ),
        (
            "dataset_from_git/test_https.py::"
            "test_a_repository_that_asks_for_a_password_is_reported"
        ),
    ),
    "a caller with the webhook's token": (
        (
            "cluster/test_trust_events.py::"
            "test_a_burst_of_calls_becomes_a_handful_of_runs_and_misses_no_call"
        ),
    ),
    "a step with a bug": (
        "contract/test_log.py::test_a_secret_is_redacted",
        (
            "contract/test_process.py::"
            "test_a_presigned_url_loses_its_signature_in_the_log"
        ),
    ),
    "the publisher of a package, a base image or an action": (
        (
            "images/test_dockerfiles.py::"
            "test_the_base_is_pinned_by_tag_and_digest"
        ),
        "upkeep/test_pins.py::test_an_action_is_pinned_to_one_commit",
        (
            "upkeep/test_audit.py::"
            "test_a_vulnerability_of_a_locked_package_ends_it_with_1"
        ),
        "release/test_release.py::test_every_image_is_signed_by_its_digest",
        (
            "release/test_release.py::"
            "test_every_image_is_pushed_with_an_sbom_and_its_provenance"
        ),
    ),
    "a stolen pod, or a job's image that somebody else wrote": (
        (
            "cluster/test_security.py::"
            "test_no_volume_of_a_main_container_holds_a_token"
        ),
        (
            "authoring/test_rendered_rules.py::"
            "test_no_template_brings_a_token_of_its_own"
        ),
    ),
}
# What other programs are, and what an operator grants.
NOT_OURS = {
    "Platform API account",
    "S3 key",
    "PostgreSQL account",
    "Keycloak administrator",
    "OpenMetadata bot token",
    "RabbitMQ URL",
    "webhook token",
}
PAGE_TEXT = " ".join(PAGE.split())


@pytest.mark.parametrize("phrase", TESTED_BY)
def test_what_is_held_is_on_the_page(phrase: str) -> None:
    assert phrase in PAGE_TEXT


@pytest.mark.parametrize(
    "name", sorted({name for names in TESTED_BY.values() for name in names})
)
def test_what_holds_it_is_a_test(name: str) -> None:
    file, _, function = name.partition("::")
    assert f"def {function}(" in (TESTS / file).read_text("utf-8")


def test_every_row_is_held_or_is_not_ours() -> None:
    rows = ROW.findall(RENDERED.sub("", PAGE))
    assert [
        row
        for row in rows
        if row not in HEADINGS
        and row.partition(" | ")[0] not in NOT_OURS
        and not any(phrase in row for phrase in TESTED_BY)
    ] == []
