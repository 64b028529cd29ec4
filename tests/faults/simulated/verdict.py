"""What the checker finds in the end, over all jobs that were acknowledged."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import Engine, select

from tests.faults.history import Ending, Happened, violations
from tests.faults.simulated.faults import Faults
from tests.faults.simulated.people import People
from tests.faults.simulated_training import EPOCHS, bits, weights
from workers.queue import events, jobs
from workers.storage.artifacts import ArtifactError, ArtifactStore
from workers.storage.database import transaction
from workers.storage.tables import Job, JobStatus, Model


class Verdict:
    """The jobs of a seed as they stand, and what is wrong with them."""

    def __init__(
        self, database: Engine, artifacts: ArtifactStore, people: People, faults: Faults
    ) -> None:
        self._artifacts, self._people, self._faults = artifacts, people, faults
        self.outcomes: Counter[str] = Counter()  # status → jobs
        self.violations: list[str] = []
        with transaction(database, read_only=True) as session:
            for job_id in people.acknowledged:
                job = jobs.get(session, job_id)
                history = [
                    Happened(event.id, event.kind, event.token, event.data)
                    for event in events.list_after(session, job_id, 0)
                ]
                model = session.scalars(select(Model).where(Model.job_id == job_id)).one_or_none()
                self.outcomes[str(job.status)] += 1
                self.violations += [
                    f"{job_id}: {violation}" for violation in self._wrong(job, history, model)
                ]

    def _wrong(self, job: Job, history: list[Happened], model: Model | None) -> Iterator[str]:
        ending = Ending(str(job.status), job.epoch, job.max_attempts)
        yield from violations(history, ending, self._people.cancelled_at.get(job.id, 0))
        undisturbed = not self._faults.happened and not self._people.has_asked
        if undisturbed and (job.status, job.attempts) != (JobStatus.SUCCEEDED, 1):
            yield f"{job.status}, attempt {job.attempts}, though nothing happened"
        if not self._faults.happened["checkpoint damaged"]:
            yield from (f"fell back: {event.data}" for event in history if event.kind == "fallback")
        if job.status == JobStatus.FAILED and job.attempts < job.max_attempts:
            yield f"failed after {job.attempts} attempts: {job.error}"
        if (job.status == JobStatus.SUCCEEDED) != (model is not None):
            yield f"{job.status} with model {model}"
        if job.status == JobStatus.SUCCEEDED and model is not None:
            yield from self._wrong_with_success(job, model)

    def _wrong_with_success(self, job: Job, model: Model) -> Iterator[str]:
        if job.epoch != EPOCHS:
            yield f"succeeded after {job.epoch} epochs"
        if not self._artifacts.names(f"predictions/{job.id}"):
            yield "no predictions"
        try:
            content = self._artifacts.get(model.weights, sha256=model.weights_sha256)
        except ArtifactError as error:
            yield str(error)
            return
        if content != weights(bits(self._people.acknowledged[job.id], EPOCHS)):
            yield "other bits than without faults"
