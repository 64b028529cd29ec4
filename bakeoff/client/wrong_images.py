"""The test images behind the numbers: which are confused, and which an architecture alone gets right."""

from collections.abc import Sequence

from bakeoff.answers import Json
from bakeoff.client._resource import Resource


class WrongImages(Resource):
    """Methods for test images. `png` is a data URL; `limit` is at most 100."""

    def show_confusion_matrix(
        self, comparison_id: str, architecture: str, *, limit: int = 1000
    ) -> Json:
        """Which classes an architecture (by label) takes for which: `right`, and `items` with errors.

        The cells with the most images come first, `limit` of them at most.
        """
        return self._connection.get(
            "/v1/comparisons/{comparison_id}/confusion_matrix",
            comparison_id=comparison_id,
            architecture=architecture,
            limit=limit,
        )

    def show_confused_images(  # noqa: PLR0913 - each parameter is one of the API
        self,
        comparison_id: str,
        true: str,
        predicted: str,
        *,
        architecture: str | Sequence[str] | None = None,
        seed: int | Sequence[int] | None = None,
        limit: int = 20,
        offset: int = 0,
    ) -> Json:
        """The test images of a class that are taken for another, and the jobs whose networks do so.

        Those of every architecture (by label) and seed, or of some. First come the images that most
        networks agree on, then the most certain.
        """
        return self._connection.get(
            "/v1/comparisons/{comparison_id}/confused_images",
            comparison_id=comparison_id,
            true=true,
            predicted=predicted,
            architecture=architecture,
            seed=seed,
            limit=limit,
            offset=offset,
        )

    def show_job_confused_images(
        self, job_id: str, true: str, predicted: str, *, limit: int = 20, offset: int = 0
    ) -> Json:
        """The test images of a class that the network of a training takes for another."""
        path = "/v1/jobs/{job_id}/confused_images"
        query = {"true": true, "predicted": predicted, "limit": limit, "offset": offset}
        return self._connection.get(path, job_id=job_id, **query)

    def show_model_confused_images(
        self, model_id: str, true: str, predicted: str, *, limit: int = 20, offset: int = 0
    ) -> Json:
        """The test images of a class that a trained model takes for another."""
        path = "/v1/models/{model_id}/confused_images"
        query = {"true": true, "predicted": predicted, "limit": limit, "offset": offset}
        return self._connection.get(path, model_id=model_id, **query)

    def show_failure_images(
        self,
        comparison_id: str,
        architecture: str,
        *,
        which: str = "confidently_wrong",
        limit: int = 20,
        offset: int = 0,
    ) -> Json:
        """The most certain errors of an architecture, or with "only_right" what it alone gets right."""
        path = "/v1/comparisons/{comparison_id}/failure_images"
        query = {"architecture": architecture, "which": which, "limit": limit, "offset": offset}
        return self._connection.get(path, comparison_id=comparison_id, **query)
