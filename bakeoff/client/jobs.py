"""Jobs: trainings and other work, and how they go."""

from collections.abc import Iterator, Sequence

from httpx_sse import ServerSentEvent

from bakeoff.answers import Json
from bakeoff.answers.job import Job
from bakeoff.answers.metrics import Metrics
from bakeoff.client._resource import Resource, omit_none


class Jobs(Resource):
    """Methods for jobs."""

    def create_job(  # noqa: PLR0913 - each parameter is one of the API
        self,
        dataset: str,
        architecture: str,
        *,
        options: Json | None = None,
        recipe: Json | str | None = None,
        seed: int | None = None,
        fold: int | None = None,
        folds: int | None = None,
        priority: int | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Enqueue the training of one architecture on one dataset with one recipe and seed.

        Args:
            dataset: Name of a dataset.
            architecture: Name of an architecture.
            options: Of the architecture; its schema is in `show_architecture`.
            recipe: Fields of a recipe, or the name of a preset such as "fast".
            seed: From 0; 0 by default.
            fold: The part of all images that tests, from 1 to `folds`; by default the dataset's own
                test split does.
            folds: The number of parts; goes with `fold`.
            priority: -100 to 100; higher goes first.
            idempotency_key: A request with the same key and body makes no second job, not even from
                another process; by default a random key that covers retries.
        """
        body = omit_none(
            dataset=dataset,
            architecture=architecture,
            options=options,
            recipe=recipe,
            seed=seed,
            fold=fold,
            folds=folds,
            priority=priority,
        )
        return Job(self._connection.post_once("/v1/jobs", body, idempotency_key))

    def list_jobs(
        self,
        *,
        status: str | None = None,
        kind: str | None = None,
        dataset: str | None = None,
        architecture: str | None = None,
        search: str | None = None,
        tag: str | None = None,
    ) -> Iterator[Job]:
        """Jobs, newest first, without their results; only those that all filters fit.

        `status` is queued, running, succeeded, failed or cancelled; `kind` is train, fetch,
        upload, checks, latency or quantise; `search` is text in name, note, tags, dataset or
        architecture, or where the id begins.
        """
        filters = {
            "status": status,
            "kind": kind,
            "dataset": dataset,
            "architecture": architecture,
            "search": search,
            "tag": tag,
        }
        return map(Job, self._connection.items("/v1/jobs", **filters))

    def show_job(self, job_id: str) -> Job:
        """One job: status, progress, and when it has succeeded every number of its result."""
        return Job(self._connection.get("/v1/jobs/{job_id}", job_id=job_id))

    def label_job(
        self,
        job_id: str,
        *,
        name: str | None = None,
        note: str | None = None,
        tags: Sequence[str] | None = None,
    ) -> Job:
        """Change the name, the note or the tags of a job; `""` and `[]` clear, None leaves it."""
        body = omit_none(name=name, note=note, tags=tags)
        path = "/v1/jobs/{job_id}"
        return Job(self._connection.patch(path, body, job_id=job_id))

    def show_job_deletion(self, job_id: str) -> Json:
        """The model and the files that would go with a job, and what forbids deleting it."""
        path = "/v1/jobs/{job_id}/deletion"
        return self._connection.get(path, job_id=job_id)

    def delete_job(self, job_id: str) -> None:
        """Delete a job, with what `show_job_deletion` says; it can be restored for a day."""
        self._connection.send("DELETE", "/v1/jobs/{job_id}", {"job_id": job_id})

    def restore_job(self, job_id: str) -> Job:
        """Bring a deleted job back, with all that went with it.

        Not sent again after it may have arrived: a second time it is refused.
        """
        path = "/v1/jobs/{job_id}/restore"
        return Job(self._connection.post(path, job_id=job_id, repeatable=False))

    def cancel_job(self, job_id: str) -> Job:
        """Cancel a job: at once where it waits, within a second where it runs.

        Not sent again after it may have arrived: a second time it is refused.
        """
        path = "/v1/jobs/{job_id}/cancel"
        return Job(self._connection.post(path, job_id=job_id, repeatable=False))

    def retry_job(self, job_id: str) -> Job:
        """Queue a failed or cancelled job again; it goes on from its last epoch.

        Not sent again after it may have arrived: a second time it is refused.
        """
        path = "/v1/jobs/{job_id}/retry"
        return Job(self._connection.post(path, job_id=job_id, repeatable=False))

    def show_metrics(self, job_id: str) -> Metrics:
        """Every metric of every epoch: losses, accuracies, learning rate, seconds, gradients."""
        return Metrics(self._connection.get("/v1/jobs/{job_id}/metrics", job_id=job_id)["epochs"])

    def download_metrics(self, job_id: str) -> str:
        """The metrics as CSV, one line for each epoch."""
        return self._connection.download("/v1/jobs/{job_id}/metrics.csv", job_id=job_id).decode()

    def show_log(self, job_id: str, *, tail: int | None = None) -> str:
        """The last lines that a job's process has printed: 200 by default, 5,000 at most."""
        return self._connection.download("/v1/jobs/{job_id}/log", job_id=job_id, tail=tail).decode()

    def follow_job(self, job_id: str, *, last_event_id: int = 0) -> Iterator[ServerSentEvent]:
        """What happens to a job, as it happens, from its start to its end.

        Events are `status`, `epoch`, `fallback` (the last checkpoint was damaged) and `progress`,
        with their data as JSON text. With `last_event_id` it begins after that event. Where the
        connection breaks it goes on after the last event, up to `retries` times in a row.
        """
        path = "/v1/jobs/{job_id}/events"
        return self._connection.events(path, last_event_id=last_event_id, job_id=job_id)

    def follow_events(
        self,
        *,
        job: Sequence[str] | None = None,
        comparison: str | None = None,
        kind: Sequence[str] | None = None,
        last_event_id: int | None = None,
    ) -> Iterator[ServerSentEvent]:
        """What happens to all jobs, as it happens, from now on or after an event; it does not end.

        Events are those of `follow_job`, with `job_id` and `comparison_ids` in their data, and `ready`:
        what is asked for after that is not older than its id. Where the connection breaks it goes on
        after the last event, up to `retries` times in a row.

        Args:
            job: Ids of the jobs to follow; by default all, and those that are made meanwhile.
            comparison: Id of the comparison whose jobs to follow.
            kind: "status", "epoch", "fallback" and "progress"; by default all.
            last_event_id: The id of the event after which to begin; 0 is the start.
        """
        return self._connection.events(
            "/v1/events",
            last_event_id=last_event_id,
            ends=False,
            job=job,
            comparison=comparison,
            kind=kind,
        )
