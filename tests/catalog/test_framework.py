"""What is replaced in the framework, held to the pinned version.

Where one of these fails after an upgrade, the framework has changed: look at
the part of ``steps/catalog/framework.py`` or ``patches.py`` that it names.
"""

import json
import subprocess
from typing import Any

import pytest

from checkout.images import OPENMETADATA, install
from tests.step_process import ROOT

pytestmark = pytest.mark.timeout(300)

LINEAGE = "metadata.ingestion.lineage"
SECRETS = "metadata.utils.secrets"
# The names that are imported of what is left out; none of them is ever used.
USED = {
    f"{LINEAGE}.masker": ["mask_query", "masked_query_cache"],
    f"{LINEAGE}.parser": ["LINEAGE_PARSING_TIMEOUT", "LineageParser"],
    f"{SECRETS}.azure_kv_secrets_manager": ["AzureKVSecretsManager"],
    f"{SECRETS}.gcp_secrets_manager": ["GCPSecretsManager"],
    f"{SECRETS}.kubernetes_secrets_manager": ["KubernetesSecretsManager"],
}


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    """What is true of the framework, before and after it is changed."""
    python = install(OPENMETADATA) / "bin/python"
    done = subprocess.run(
        [str(python), "-m", "tests.catalog.framework_facts"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_the_modules_that_are_left_out_are_the_frameworks(
    facts: dict[str, Any],
) -> None:
    assert facts["there"] == list(USED)


def test_nothing_else_is_imported_of_what_is_left_out(
    facts: dict[str, Any],
) -> None:
    assert facts["used"] == USED


def test_a_sample_of_rows_needs_its_patch(facts: dict[str, Any]) -> None:
    assert facts["before"]["rows"] == 0


def test_a_sample_of_rows_has_them(facts: dict[str, Any]) -> None:
    assert facts["after"]["rows"] == 3


def test_long_headers_need_their_patch(facts: dict[str, Any]) -> None:
    assert facts["before"]["columns"] == [256]


def test_long_headers_are_columns_of_their_own(facts: dict[str, Any]) -> None:
    assert facts["after"]["columns"] == [256, 256]


def test_a_long_key_needs_its_patch(facts: dict[str, Any]) -> None:
    assert facts["before"]["key"] == "digest"


def test_a_long_key_is_read(facts: dict[str, Any]) -> None:
    assert facts["after"]["key"] == "long key"


def test_a_sum_of_texts_needs_its_patch(facts: dict[str, Any]) -> None:
    assert facts["before"]["sum"] == "str"


def test_texts_have_no_sum(facts: dict[str, Any]) -> None:
    assert facts["after"]["sum"] == "NoneType"


def test_no_workflow_that_runs_would_find_the_lineage_of_views(
    facts: dict[str, Any],
) -> None:
    assert facts["view_lineage"] == {
        "PostgresSource": False,
        "DatalakeSource": False,
        "PostgresLineageSource": True,
    }


def test_the_methods_that_are_replaced_are_there(
    facts: dict[str, Any],
) -> None:
    assert facts["hooks"] == {
        "ProfilerWorkflow._get_profiler_processor": True,
        "ProfilerWorkflow._get_source_class": True,
        "OpenMetadataSource._iter": True,
    }
