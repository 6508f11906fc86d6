"""What the catch-up stores from one run to the next."""

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from steps.contract.errors import BadDataError

if TYPE_CHECKING:
    from steps.state.values import Values

NAMESPACE = "matrix-profile-catch-up"
KEY = "jobs"


class CatchUpState(BaseModel):
    """Which jobs have been looked at, and which of them are still open.

    One run at a time writes it; a run that is lost repeats what it did.

    Attributes:
        seen: The highest job that has been looked at; None before the
            first run.
        open: When each job that is not finished was last resubmitted.
    """

    model_config = ConfigDict(extra="forbid")

    seen: int | None = None
    open: dict[int, datetime] = {}


def load_state(values: "Values") -> CatchUpState:
    """Reads the state; an empty one before the first run.

    Args:
        values: The catch-up's own values.

    Returns:
        The state.

    Raises:
        ModerateError: The server failed, or what it holds is not a state.
    """
    value = values.get(KEY)
    if value is None:
        return CatchUpState()
    try:
        return CatchUpState.model_validate(value)
    except ValidationError:
        raise BadDataError(
            f"The value {KEY!r} of {NAMESPACE} is not the state of the "
            "catch-up. Remove it; the next run starts with the newest jobs."
        ) from None


def save_state(values: "Values", state: CatchUpState) -> None:
    """Writes the state.

    Args:
        values: The catch-up's own values.
        state: The state.

    Raises:
        ModerateError: The server failed.
    """
    values.put(KEY, state.model_dump(mode="json"))
