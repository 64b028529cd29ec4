"""How long models take, measured by jobs."""

from collections.abc import Iterator, Sequence

from bakeoff.answers import Json
from bakeoff.answers.job import Job
from bakeoff.client._resource import Resource, omit_none


class Latency(Resource):
    """Methods for latency."""

    def measure_latency(
        self,
        model_id: str,
        *,
        engines: Sequence[str] | None = None,
        batch_sizes: Sequence[int] | None = None,
        threads: Sequence[int] | None = None,
        priority: int | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Enqueue a job that measures a table of engine × batch size × threads.

        By default: every engine; batches of 1, 8 and 64; one thread and as many as the worker's
        machine has cores. A request with the same `idempotency_key` makes no second job.
        """
        body = omit_none(
            engines=engines, batch_sizes=batch_sizes, threads=threads, priority=priority
        )
        path = "/v1/models/{model_id}/latency"
        return Job(self._connection.post_once(path, body, idempotency_key, model_id=model_id))

    def show_latency(self, model_id: str) -> Iterator[Json]:
        """The tables that were measured of a model, newest first; durations are in seconds."""
        return self._connection.items("/v1/models/{model_id}/latency", model_id=model_id)
