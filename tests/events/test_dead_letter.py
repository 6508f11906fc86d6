"""The step that shows an event for which no workflow could be started."""

from steps.contract.wire import encode
from tests.hostile import hostile
from tests.step_process import RunStep

EVENT = '{"body":{"job_id":"42"}}'


def test_a_dead_letter_fails_and_is_not_repeated(step: RunStep) -> None:
    run = step(
        "dead-letter-show",
        "--sensor=matrix-profile",
        f"--event={encode(EVENT)}",
    )
    assert run.exit_code == 65


def test_a_dead_letter_says_whose_it_is_and_what_to_do(step: RunStep) -> None:
    run = step(
        "dead-letter-show",
        "--sensor=matrix-profile",
        f"--event={encode(EVENT)}",
    )
    assert "'matrix-profile'" in run.stderr
    assert "hand its body to the webhook again" in run.stderr


@hostile
def test_a_hostile_event_is_shown_on_one_line(
    step: RunStep, hostile: str
) -> None:
    run = step("dead-letter-show", "--sensor=x", f"--event={encode(hostile)}")
    shown, told, *more = run.stderr.splitlines()
    assert "The event: " in shown
    assert "could not start a workflow" in told
    assert not more
    assert shown.isprintable()
