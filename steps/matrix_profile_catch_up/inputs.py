"""When a job counts as lost."""

from pydantic import BaseModel, ConfigDict


class CatchUpInputs(BaseModel):
    """When a job counts as lost.

    Attributes:
        lost_after_seconds: The age at which an unfinished job is
            resubmitted.
        again_after_seconds: The pause before it is resubmitted;
            longer than a workflow may run.
        given_up_after_seconds: The age at which it is left alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    lost_after_seconds: int = 15 * 60
    again_after_seconds: int = 7 * 60 * 60
    given_up_after_seconds: int = 7 * 24 * 60 * 60
