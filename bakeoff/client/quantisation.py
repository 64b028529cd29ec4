"""int8 models, made of trained ones by jobs."""

from collections.abc import Iterator

from bakeoff.answers import Json
from bakeoff.answers.job import Job
from bakeoff.client._resource import Resource, omit_none


class Quantisation(Resource):
    """Methods for int8 models."""

    def quantise_model(
        self,
        model_id: str,
        *,
        images: int | None = None,
        seed: int | None = None,
        margin: float | None = None,
        priority: int | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """Enqueue a job that makes an int8 model of a trained one and measures what that costs and gains.

        Args:
            model_id: The trained model; it needs an ONNX graph.
            images: Train images that calibrate it; 256 by default.
            seed: Draws those images; 0 by default.
            margin: Differences of accuracy below it count as equivalent; 0.01 by default.
            priority: -100 to 100; higher goes first.
            idempotency_key: A request with the same key and body makes no second job, not even from
                another process; by default a random key that covers retries.
        """
        body = omit_none(images=images, seed=seed, margin=margin, priority=priority)
        path = "/v1/models/{model_id}/quantise"
        return Job(self._connection.post_once(path, body, idempotency_key, model_id=model_id))

    def list_quantisations(self, model_id: str) -> Iterator[Json]:
        """The int8 models made of a model, newest first, each with a verdict; of an int8 model, its own."""
        return self._connection.items("/v1/models/{model_id}/quantisations", model_id=model_id)
