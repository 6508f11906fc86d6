"""What the catch-up remembers from one run to the next."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, ValidationError

from steps.clients.object_store import (
    BucketSettings,
    ObjectPlace,
    ObjectStore,
)
from steps.contract.errors import BadDataError

KEY = "state/matrix-profile-catch-up.json"
CONTENT_TYPE = "application/json"
LARGEST_STATE_BYTES = 1024**2


class CatchUpState(BaseModel):
    """Which jobs have been looked at, and which of them are still open.

    Attributes:
        seen: The highest job that has been looked at; None before the
            first run.
        open: When each job that is not finished was last handed over.
    """

    model_config = ConfigDict(extra="forbid")

    seen: int | None = None
    open: dict[int, datetime] = {}


class StateStore:
    """Where the state is kept: a small object beside the jobs' outputs.

    One run at a time writes it; a run that is lost repeats what it did.
    """

    def __init__(self, s3: BucketSettings) -> None:
        """Prepares the store; nothing is sent yet.

        Args:
            s3: The object store.
        """
        self._store = ObjectStore(s3)
        self._place = ObjectPlace(s3.s3_job_outputs_bucket_name, KEY)

    def load(self) -> CatchUpState:
        """Reads the state; an empty one before the first run.

        Returns:
            The state.

        Raises:
            StepError: The store failed, or the object is not a state.
        """
        content = self._store.tail(self._place, LARGEST_STATE_BYTES)
        if content is None:
            return CatchUpState()
        try:
            return CatchUpState.model_validate_json(content)
        except ValidationError:
            raise BadDataError(
                f"The object {self._place} is not the state of the catch-up. "
                "Remove it; the next run starts with the newest jobs."
            ) from None

    def save(self, state: CatchUpState) -> None:
        """Writes the state.

        Args:
            state: The state.

        Raises:
            StepError: The store failed.
        """
        self._store.upload(
            state.model_dump_json().encode(), self._place, CONTENT_TYPE
        )
