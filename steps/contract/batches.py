"""How the items of a fan-out travel: in batches, and back as reports.

A workflow's parameters live in one Kubernetes object, and each argument of a
container is bounded by the kernel, so items travel in batches, a bounded
number of them, and their reports come back within a bounded size.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from steps.contract.errors import BadDataError
from steps.contract.wire import Encoded

LARGEST_ARGUMENT_BYTES = 96 * 1024
MOST_BATCHES = 200
ENCODING_GROWTH = 4 / 3
REPORT_OVERHEAD_BYTES = 64

ReportT = TypeVar("ReportT", bound=BaseModel)


def _number(value: object) -> object:
    return int(value) if isinstance(value, str) else value


class Batch(BaseModel):
    """Some items of a fan-out, for one pod.

    Attributes:
        number: Its place among the batches, from 0.
        slot: Batches of the same slot run one after another.
        about: What a person sees of it in Argo's UI, which names nodes after
            the keys of their item by the alphabet: before `content`.
        content: The items, as JSON of the feature's own model.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    slot: int
    about: str
    content: Encoded


class Discovered(BaseModel):
    """The outputs of a fan-out's first step; features add to it.

    Attributes:
        batches: The batches; none where there is nothing to do.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    batches: list[Batch]


class BatchInputs(BaseModel):
    """The inputs of the step of a batch; features add to it.

    Attributes:
        number: The batch's place, from 0.
        slot: Its slot.
        content: Its items, as JSON of the feature's own model.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    slot: int
    content: Encoded


class BatchReport(BaseModel):
    """The outputs of the step of a batch.

    Attributes:
        number: The batch's place, from 0.
        report: The outcome of its items, as JSON of the feature's own model.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: Annotated[int, BeforeValidator(_number)]
    report: Encoded


class SummaryInputs(BaseModel):
    """The inputs of a fan-out's last step; features add to it.

    Attributes:
        batches: The batches that were handed out.
        reports: The reports of those whose step ended well.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    batches: list[Batch]
    reports: list[BatchReport]

    def reports_of(self) -> Mapping[int, str | None]:
        """Returns each batch's report by its number, None if it is lost."""
        found = {report.number: report.report for report in self.reports}
        return {
            batch.number: found.get(batch.number) for batch in self.batches
        }

    def read_reports(
        self, model: type[ReportT]
    ) -> list[tuple[Batch, ReportT | None]]:
        """Reads each batch's report.

        Args:
            model: The feature's own model of a report.

        Returns:
            The batches, each with its report or, if it is lost, None.

        Raises:
            BadDataError: A report is not of that model.
        """
        try:
            reports = {
                number: model.model_validate_json(text)
                for number, text in self.reports_of().items()
                if text is not None
            }
        except ValidationError as error:
            raise BadDataError(
                f"A report is malformed: {error.errors(include_input=False)}"
            ) from None
        return [(batch, reports.get(batch.number)) for batch in self.batches]


def batches(
    contents: Sequence[str], labels: Iterable[str], *, slots: int
) -> list[Batch]:
    """Deals batches out to slots.

    Args:
        contents: The batches' items, each as JSON.
        labels: What a person sees of each in Argo's UI.
        slots: How many batches may run at a time.

    Returns:
        The batches.

    Raises:
        BadDataError: They are too many or too large for a workflow.
    """
    batched = [
        Batch(number=number, slot=number % slots, about=label, content=text)
        for number, (text, label) in enumerate(
            zip(contents, labels, strict=True)
        )
    ]
    size = sum(len(batch.model_dump_json().encode()) for batch in batched)
    if len(batched) > MOST_BATCHES or size > LARGEST_ARGUMENT_BYTES:
        raise BadDataError(
            f"{len(batched)} batches of {size:,} bytes are more than a "
            f"workflow can have: {MOST_BATCHES} batches, "
            f"{LARGEST_ARGUMENT_BYTES:,} bytes. Make the batches larger, or "
            "take fewer items at a time."
        )
    return batched


def largest_report(batch_count: int) -> int:
    """Returns how long a report may be, so that all of them fit together.

    Args:
        batch_count: How many batches there are.

    Returns:
        The size of a report's JSON in bytes.
    """
    share = LARGEST_ARGUMENT_BYTES / max(1, batch_count)
    return int((share - REPORT_OVERHEAD_BYTES) / ENCODING_GROWTH)
