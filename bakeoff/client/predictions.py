"""Predictions: images in, labels out, and why."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bakeoff.answers import Json
from bakeoff.answers.explanations import ExplanationList
from bakeoff.answers.predictions import ComparedPredictions, PredictionList
from bakeoff.client._resource import Resource

Image = Path | str | bytes


class Predictions(Resource):
    """Methods for predictions.

    Images are image files, by their path or as their bytes. Instead of them `instances` are lists
    of pixels from 0 to 255, each image as H×W or H×W×3: of a NumPy array, `array.tolist()`. Floats of
    which the largest is at most 1 are on the scale 0 to 1. `scale` is the number that is white, where
    that is another, and where a file has more than 8 bits; `notes` of the answer say what was done.

    A prediction changes nothing, so it is sent again like a GET. With a `timeout_ms` it is sent once:
    what waits longer for the model is refused with 429.
    """

    def predict(
        self,
        model_id: str,
        *images: Image,
        instances: Sequence[Any] | None = None,
        top_k: int | None = None,
        engine: str | None = None,
        timeout_ms: float | None = None,
        scale: float | None = None,
    ) -> PredictionList:
        """Classify images with a model; the `top_k` most probable classes (3) are listed."""
        answer = self._classify(
            "/v1/models/{model_id}/predictions",
            _body(images, instances),
            model_id=model_id,
            top_k=top_k,
            engine=engine,
            timeout_ms=timeout_ms,
            scale=scale,
        )
        return PredictionList(answer, names=_names(images))

    def predict_by_all(
        self,
        comparison_id: str,
        *images: Image,
        instances: Sequence[Any] | None = None,
        top_k: int | None = None,
        engine: str | None = None,
        timeout_ms: float | None = None,
        scale: float | None = None,
    ) -> ComparedPredictions:
        """Classify the same images with every model of a comparison, one after the other."""
        answer = self._classify(
            "/v1/comparisons/{comparison_id}/predictions",
            _body(images, instances),
            comparison_id=comparison_id,
            top_k=top_k,
            engine=engine,
            timeout_ms=timeout_ms,
            scale=scale,
        )
        return ComparedPredictions(answer, names=_names(images))

    def explain(
        self,
        model_id: str,
        *images: Image,
        instances: Sequence[Any] | None = None,
        test_images: Sequence[int] | None = None,
        method: str | None = None,
        class_name: str | None = None,
        scale: float | None = None,
    ) -> ExplanationList:
        """Which parts of up to 16 images speak for a class, `class_name` or the one that is predicted.

        Instead of images `test_images` are numbers of those on which the model was tested. The method is
        `hires_cam`, `grad_cam` or `occlusion`.
        """
        if test_images is not None and (images or instances is not None):
            raise ValueError("give images, instances or test_images")
        body = (
            _body(images, instances)
            if test_images is None
            else {"json": {"test_images": list(test_images)}}
        )
        parameters = {
            "model_id": model_id,
            "method": method,
            "class": class_name,
            "scale": scale,
        }
        path = "/v1/models/{model_id}/explanations"
        answer = self._connection.send("POST", path, parameters, retry=True, **body).json()
        names = _names(images) or [f"test image {index}" for index in test_images or ()]
        return ExplanationList(answer, names=names)

    def _classify(self, path: str, body: Json, **parameters: Any) -> Json:
        has_timeout = parameters["timeout_ms"] is not None
        response = self._connection.send("POST", path, parameters, retry=not has_timeout, **body)
        answer: Json = response.json()
        return answer


def _body(images: Sequence[Image], instances: Sequence[Any] | None) -> Json:
    if images and instances is not None:
        raise ValueError("give images or instances, not both")
    if instances is not None:
        return {"json": {"instances": instances}}
    contents = (image if isinstance(image, bytes) else Path(image).read_bytes() for image in images)
    named = zip(_names(images), contents, strict=True)
    return {"files": [("images", (name, content)) for name, content in named]}


def _names(images: Sequence[Image]) -> list[str]:
    """What a table calls the images: the names of files, or their numbers."""
    return [
        str(number) if isinstance(image, bytes) else Path(image).name
        for number, image in enumerate(images, start=1)
    ]
