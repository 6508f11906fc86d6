"""The search for lost jobs, from the oldest to the newest."""

import logging
from datetime import UTC, datetime, timedelta

from steps.clients.event_webhook import EventWebhook
from steps.clients.object_store import BucketSettings
from steps.clients.platform_api import PlatformApi
from steps.clients.platform_api.jobs import (
    Job,
    are_served,
    find_job,
    finish_job,
)
from steps.contract.errors import BadDataError, ModerateError
from steps.contract.log_context import about_message
from steps.contract.message_id import message_id_of
from steps.contract.platform_id import LARGEST_ID
from steps.matrix_profile.job_results import JobResults
from steps.matrix_profile_catch_up.inputs import CatchUpInputs
from steps.matrix_profile_catch_up.message import message_of
from steps.matrix_profile_catch_up.newest import newest
from steps.matrix_profile_catch_up.state import CatchUpState

JOB_TYPE = "matrix_profile"
# Numbers are missing where the platform has removed a job, or rolled its
# transaction back; after a crash PostgreSQL skips up to 32.
LARGEST_GAP = 50
MOST_NEW_JOBS = 500
MOST_OPEN_JOBS = 1_000

log = logging.getLogger(__name__)


class Search:
    """One run: the jobs that are open, then those that are new.

    Attributes:
        resubmitted: The jobs that were resubmitted so far.
        left_out: The jobs that the platform could not show.
    """

    def __init__(
        self,
        inputs: CatchUpInputs,
        s3: BucketSettings,
        state: CatchUpState,
        platform: PlatformApi,
        events: EventWebhook,
    ) -> None:
        """Prepares the search; nothing is asked yet.

        Args:
            inputs: When a job counts as lost.
            s3: The platform's buckets.
            state: What earlier runs have seen; kept up to date.
            platform: The Platform API.
            events: Where messages go.
        """
        self._inputs = inputs
        self._s3 = s3
        self._state = state
        self._platform = platform
        self._events = events
        self._now = datetime.now(UTC)
        self.resubmitted: list[int] = []
        self.left_out: list[int] = []

    def run(self) -> None:
        """Resubmits what is due.

        A job that the platform cannot show, while it shows others, is left
        out, and tried again by the next run.

        Raises:
            ModerateError: A service failed; the state holds what was done.
        """
        for job_id in sorted(self._state.open):
            self._review(job_id)
        if self._state.seen is None:
            self._state.seen = self._first_seen()
        self._find_new(self._state.seen + 1)
        if self.left_out:
            log.warning(
                "%d jobs are left out: %s", len(self.left_out), self.left_out
            )

    def _review(self, job_id: int) -> None:
        try:
            job = find_job(self._platform, job_id)
            if job is None or self._is_settled(job):
                del self._state.open[job_id]
                return
            message = self._message(job) if self._is_due(job) else None
        except ModerateError as error:
            self._leave_out(job_id, error)
            self._give_up(job_id)
            return
        self._resubmit(job_id, message)

    def _find_new(self, first: int) -> None:
        """Reads the jobs that are old enough to be resubmitted."""
        missing = 0
        unknown: list[int] = []
        for job_id in range(first, min(first + MOST_NEW_JOBS, LARGEST_ID + 1)):
            if (
                missing == LARGEST_GAP
                or len(self._state.open) >= MOST_OPEN_JOBS
            ):
                return
            try:
                job = find_job(self._platform, job_id)
                if job is None:
                    missing += 1
                    continue
                if self._age(job) < self._inputs.lost_after_seconds:
                    return
                settled = self._is_settled(job)
                message = None if settled else self._message(job)
            except ModerateError as error:
                self._leave_out(job_id, error)
                unknown.append(job_id)
                continue
            self._resubmit(job_id, message)
            self._keep_open(unknown)
            self._state.seen = job_id
            missing, unknown = 0, []

    def _leave_out(self, job_id: int, error: ModerateError) -> None:
        """Notes that the platform fails for this job, and for no other."""
        if not are_served(self._platform):
            raise error
        log.warning("Job %d is left out. %s", job_id, error)
        self.left_out.append(job_id)

    def _give_up(self, job_id: int) -> None:
        """Drops a job that could not be read for too long."""
        longest = timedelta(seconds=self._inputs.given_up_after_seconds)
        if self._now - self._state.open[job_id] >= longest:
            log.warning("Job %d is given up", job_id)
            del self._state.open[job_id]

    def _keep_open(self, job_ids: list[int]) -> None:
        """Keeps jobs that could not be read, due at the next run."""
        pause = timedelta(seconds=self._inputs.again_after_seconds)
        self._state.open.update(dict.fromkeys(job_ids, self._now - pause))

    def _first_seen(self) -> int:
        """Starts some way before the newest job; older ones are settled."""
        end = newest(self._exists)
        return max(0, end - MOST_NEW_JOBS + LARGEST_GAP)

    def _exists(self, job_id: int) -> bool:
        try:
            return find_job(self._platform, job_id) is not None
        except ModerateError as error:
            self._leave_out(job_id, error)
            return True

    def _age(self, job: Job) -> float:
        return (self._now - job.created_at).total_seconds()

    def _is_settled(self, job: Job) -> bool:
        if job.job_type != JOB_TYPE or job.finalised_at is not None:
            return True
        if self._age(job) < self._inputs.given_up_after_seconds:
            return False
        log.warning("Job %d is too old to be resubmitted", job.id)
        return True

    def _is_due(self, job: Job) -> bool:
        pause = timedelta(seconds=self._inputs.again_after_seconds)
        return self._now - self._state.open[job.id] >= pause

    def _message(self, job: Job) -> str | None:
        """Makes a job's message; a job that has none gets the reason."""
        try:
            return message_of(job, self._platform, self._s3.s3_bucket_name)
        except BadDataError as error:
            self._fail_job(job, str(error))
            return None

    def _resubmit(self, job_id: int, message: str | None) -> None:
        if message is None:
            return
        message_id = message_id_of(None, message.encode())
        self._events.post(job_id, message, message_id)
        self._state.open[job_id] = self._now
        self.resubmitted.append(job_id)
        with about_message(message_id):
            log.info("Job %d has been resubmitted", job_id)

    def _fail_job(self, job: Job, error: str) -> None:
        results = JobResults(
            workflow_job_id=job.id,
            output_bucket=self._s3.s3_job_outputs_bucket_name,
            error=error,
        )
        finish_job(self._platform, job.id, results.model_dump())
        log.warning("Job %d cannot be run. %s", job.id, error)
