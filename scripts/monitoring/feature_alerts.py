"""Alerts about what single pipelines have before them."""

from typing import Any

from monitoring.alert import Alert, Rules, Severity
from monitoring.names import ENTERED_PHASE, gauge_of
from monitoring.pipelines import Pipeline
from monitoring.promql import grows
from steps.contract.step import Step
from steps.matrix_profile_catch_up.catch_up import catch_up
from steps.trust.inputs import OBJECTS, USERS, TrustDiscoverInputs
from steps.trust_objects.discover import discover as discover_objects
from steps.trust_users.discover import discover as discover_users
from workflows.matrix_profile import workflow as matrix_profile
from workflows.matrix_profile_catch_up import (
    workflow as matrix_profile_catch_up,
)

LIMIT = TrustDiscoverInputs().limit
FEWEST_FAILED = 5
MISSING = {
    USERS: ("ModerateDidsMissing", "DIDs", discover_users),
    OBJECTS: ("ModerateProofsMissing", "proofs", discover_objects),
}


def feature_rules(known: dict[str, Pipeline]) -> list[Rules]:
    """Makes the alerts about what pipelines have before them.

    Args:
        known: The WorkflowTemplates by name.

    Returns:
        The alerts of each pipeline.
    """
    jobs = matrix_profile.NAME
    catching_up = matrix_profile_catch_up.NAME
    return [
        Rules(jobs, (_jobs_failing(),), known[jobs].services),
        Rules(
            f"{catching_up}-jobs",
            (_jobs_unfinished(),),
            known[catching_up].services,
        ),
        *(_trust(name, known[name]) for name in MISSING),
    ]


def _jobs_failing() -> Alert:
    def ended(phases: str) -> str:
        series = (
            f'{ENTERED_PHASE}{{name="{matrix_profile.NAME}",'
            f'phase=~"{phases}"}}'
        )
        return f"sum(increase({series}[1h]))"

    failed = ended("Failed|Error")
    return Alert(
        name="ModerateJobsFailing",
        expression=(
            f"{failed} >= {FEWEST_FAILED}\n"
            f"and {failed} > 0.5 * {ended('Succeeded|Failed|Error')}"
        ),
        severity=Severity.WARNING,
        summary="Most matrix profile jobs fail.",
        description=(
            "{{ $value | humanize }} have failed within an hour, more than "
            "have succeeded. One that fails is its file's fault; many are a "
            "service's or the image's. The jobs' errors show which."
        ),
    )


def _jobs_unfinished() -> Alert:
    return Alert(
        name="ModerateJobsUnfinished",
        expression=grows(gauge_of(catch_up, "open"), "2h"),
        hold="30m",
        severity=Severity.WARNING,
        summary="More and more matrix profile jobs are not finished.",
        description=(
            "{{ $value }} jobs are older than a quarter of an hour and have "
            "no results, more than two hours ago. Check whether their "
            "workflows wait for pods, with `argo list --running`."
        ),
    )


def _trust(name: str, pipeline: Pipeline) -> Rules:
    alert, missing, discover = MISSING[name]
    return Rules(
        f"{name}-backlog",
        (_missing(alert, missing, discover), _set_aside(missing, discover)),
        pipeline.services,
    )


def _missing(name: str, missing: str, discover: Step[Any, Any]) -> Alert:
    return Alert(
        name=name,
        expression=f"max({gauge_of(discover, 'due')}) >= {LIMIT}",
        hold="2h",
        severity=Severity.WARNING,
        summary=f"More {missing} are missing than runs can make.",
        description=(
            f"For two hours, each run has found {LIMIT} {missing} to make or "
            "more. Either the trust service is slow, or very many have come "
            "at once; raise the parameter `limit` if the ledger allows it."
        ),
    )


def _set_aside(missing: str, discover: Step[Any, Any]) -> Alert:
    return Alert(
        name="ModerateTrustSetAside",
        expression=f"max({gauge_of(discover, 'set_aside')}) > 0",
        hold="10m",
        severity=Severity.WARNING,
        summary=f"Some {missing} have been given up.",
        description=(
            "{{ $value }} have failed ten times and are not tried any more. "
            "`moderate trust failed` names them and why; when the cause is "
            "gone, `moderate trust release` retries them."
        ),
        labels={"missing": missing.lower()},
    )
