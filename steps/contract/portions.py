"""How the items of a fan-out travel: in portions, and back as reports.

A workflow's parameters live in one Kubernetes object, and each argument of a
container is bounded by the kernel, so items travel in portions, a bounded
number of them, and what portions say comes back within a bounded size.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from steps.contract.errors import BadDataError
from steps.contract.wire import Encoded

LARGEST_ARGUMENT_BYTES = 96 * 1024
MOST_PORTIONS = 200
ENCODING_GROWTH = 4 / 3
REPORT_OVERHEAD_BYTES = 64

ReportT = TypeVar("ReportT", bound=BaseModel)


def _number(value: object) -> object:
    return int(value) if isinstance(value, str) else value


class Portion(BaseModel):
    """Some items of a fan-out, for one pod.

    Attributes:
        number: Its place among the portions, from 0.
        lane: Portions of the same lane run one after another.
        label: What a person sees of it in Argo's UI.
        content: The items, as JSON of the feature's own model.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    lane: int
    label: str
    content: Encoded


class Discovered(BaseModel):
    """What the first step of a fan-out hands on; features add to it.

    Attributes:
        portions: The portions; none where there is nothing to do.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    portions: list[Portion]


class PortionInputs(BaseModel):
    """What the step of a portion is told; features add to it.

    Attributes:
        number: The portion's place, from 0.
        lane: Its lane.
        content: Its items, as JSON of the feature's own model.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    lane: int
    content: Encoded


class PortionReport(BaseModel):
    """What the step of a portion says: its outputs.

    Attributes:
        number: The portion's place, from 0.
        report: What came of its items, as JSON of the feature's own model.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: Annotated[int, BeforeValidator(_number)]
    report: Encoded


class SummaryInputs(BaseModel):
    """What the last step of a fan-out is told; features add to it.

    Attributes:
        portions: The portions that were handed out.
        reports: The reports of those whose step ended well.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    portions: list[Portion]
    reports: list[PortionReport]

    def reports_of(self) -> Mapping[int, str | None]:
        """Returns each portion's report by its number, None if it is lost."""
        found = {report.number: report.report for report in self.reports}
        return {
            portion.number: found.get(portion.number)
            for portion in self.portions
        }

    def read_reports(
        self, model: type[ReportT]
    ) -> list[tuple[Portion, ReportT | None]]:
        """Reads each portion's report.

        Args:
            model: The feature's own model of a report.

        Returns:
            The portions, each with its report or, if it is lost, None.

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
        return [
            (portion, reports.get(portion.number)) for portion in self.portions
        ]


def portions(
    contents: Sequence[str], labels: Iterable[str], *, lanes: int
) -> list[Portion]:
    """Deals portions out to lanes.

    Args:
        contents: The portions' items, each as JSON.
        labels: What a person sees of each in Argo's UI.
        lanes: How many portions may run at a time.

    Returns:
        The portions.

    Raises:
        BadDataError: They are too many or too large for a workflow.
    """
    dealt = [
        Portion(number=number, lane=number % lanes, label=label, content=text)
        for number, (text, label) in enumerate(
            zip(contents, labels, strict=True)
        )
    ]
    size = sum(len(portion.model_dump_json().encode()) for portion in dealt)
    if len(dealt) > MOST_PORTIONS or size > LARGEST_ARGUMENT_BYTES:
        raise BadDataError(
            f"{len(dealt)} portions of {size:,} bytes are more than a "
            f"workflow can hand out: {MOST_PORTIONS} portions, "
            f"{LARGEST_ARGUMENT_BYTES:,} bytes. Make the portions larger, or "
            "take fewer items at a time."
        )
    return dealt


def largest_report(portion_count: int) -> int:
    """Returns how long a report may be, so that all of them fit together.

    Args:
        portion_count: How many portions there are.

    Returns:
        The size of a report's JSON in bytes.
    """
    share = LARGEST_ARGUMENT_BYTES / max(1, portion_count)
    return int((share - REPORT_OVERHEAD_BYTES) / ENCODING_GROWTH)
