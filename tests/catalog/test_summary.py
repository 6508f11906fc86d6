"""The summary reports every item, and fails where one failed."""

import pytest

from steps.catalog.report import Line, Outcome, Report
from steps.catalog.summary import CatalogSummaryInputs, summary
from steps.contract.batches import Batch, BatchReport
from steps.contract.errors import ExitCode, ItemsFailedError
from steps.contract.reports import written

DONE = Line(item="stock", outcome=Outcome.DONE, tables=3, profiled=3)
PARTIAL = Line(
    item="lake/",
    outcome=Outcome.PARTIAL,
    tables=2,
    error="lake/x.csv is empty",
)
FAILED = Line(item="zz\n", outcome=Outcome.FAILED, error="it is gone")


def inputs(
    *reports: list[Line] | None, remarks: str = ""
) -> CatalogSummaryInputs:
    """Make the inputs of batches with these lines; None has lost its pod."""
    return CatalogSummaryInputs(
        batches=[
            Batch(number=number, slot=0, about=f"p{number}", content="")
            for number in range(len(reports))
        ],
        reports=[
            BatchReport(
                number=number,
                report=written(Report.of(lines, 10_000)),
            )
            for number, lines in enumerate(reports)
            if lines is not None
        ],
        remarks=remarks,
    )


def test_a_run_without_failures_ends_well_and_counts() -> None:
    table = summary(inputs([DONE], [DONE])).table
    assert (
        "2 items are in the catalog with 6 tables, 0 of them in part, 0 have "
        "failed." in table
    )


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([DONE, PARTIAL], ExitCode.PARTIAL),
        ([DONE, PARTIAL, FAILED], ExitCode.BAD_DATA),
    ],
)
def test_a_partial_item_ends_the_run_with_a_code_of_its_own(
    lines: list[Line], code: ExitCode
) -> None:
    with pytest.raises(ItemsFailedError, match="1 of them in part") as ended:
        summary(inputs(lines))
    outputs = ended.value.outputs.model_dump()
    assert ended.value.exit_code == code
    assert (outputs["done"], outputs["partial"]) == (1, 1)
    assert "lake/x.csv is empty" in outputs["table"]


def test_a_failed_item_fails_the_run() -> None:
    with pytest.raises(ItemsFailedError, match="1 have failed"):
        summary(inputs([DONE], [FAILED]))


def test_the_table_is_there_though_an_item_failed() -> None:
    with pytest.raises(ItemsFailedError) as failed:
        summary(inputs([DONE, FAILED]))
    text = failed.value.outputs.model_dump()["table"]
    first, second = text.splitlines()[2:4]
    assert ("it is gone" in first, "stock" in second) == (True, True)


def test_a_batch_without_report_fails_the_run_by_its_label() -> None:
    with pytest.raises(ItemsFailedError) as failed:
        summary(inputs([DONE], None))
    assert "p1" in failed.value.outputs.model_dump()["table"]


def test_remarks_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    summary(inputs([DONE], remarks="one\ntwo"))
    assert {"one", "two"} <= set(caplog.messages)
