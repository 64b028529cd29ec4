"""The images of one request to one model: decoded, classified, and where the time went."""

from time import perf_counter
from typing import Any

from fastapi import Request

from service.inference.admission import AdmissionControl
from service.inference.batcher import Classified
from service.inference.bodies.request_images import RequestImages
from service.inference.deadlines import deadline_of
from service.inference.decoding import Decoded, decode_images
from service.inference.errors import ClientGoneError
from service.inference.prediction_list import PredictionOptions, prediction_list
from service.inference.predictor import Predictor
from workers.observability import telemetry

WAITED = "bakeoff.waited"  # key of the scope: seconds between admission and the endpoint
#: Seconds after which it is worth asking whether the client has hung up: asking takes as long as decoding.
LONG_WAIT = 0.5


async def classify(
    request: Request,
    images: RequestImages,
    predictor: Predictor,
    *,
    timeout: float | None,
    white: float | None,
) -> tuple[Decoded, Classified]:
    """Decode the images of a request and classify them, within `timeout` seconds.

    `white` is the number that the request says is white.

    ImageError, OverloadedError, ClientGoneError.
    """
    predictor.check_capacity(len(images))
    if request.scope.get(WAITED, 0.0) > LONG_WAIT and await request.is_disconnected():
        raise ClientGoneError
    began = telemetry.now()
    deadline = deadline_of(request, timeout)
    decoded = await decode_images(images, predictor, deadline, white)
    admission: AdmissionControl = request.app.state.admission
    classified = await predictor.classify(
        decoded.images.pixels,
        deadline.after(decoded.queue_seconds),
        concurrent_requests=admission.num_requests,
    )
    if telemetry.is_on():
        _add_spans(began, decoded, classified)
    return decoded, classified


def _add_spans(began: int, decoded: Decoded, classified: Classified) -> None:
    """A span of each stage, as its duration was measured, one behind the other."""
    stages = {
        "wait to decode": decoded.queue_seconds,
        "decode": decoded.decode_seconds,
        "wait for the model": classified.queue_seconds,
        "forward": classified.forward_seconds,
    }
    for name, seconds in stages.items():
        ended = began + round(1e9 * seconds)
        if seconds:
            telemetry.add_span(name, began, ended, batch_size=classified.batch_size)
        began = ended


async def predict(
    request: Request, images: RequestImages, predictor: Predictor, options: PredictionOptions
) -> dict[str, Any]:
    """What one model says of the images: a PredictionList as plain values. Errors as of classify()."""
    waited: float = request.scope.get(WAITED, 0.0)
    received = perf_counter()
    timeout = options.timeout_ms and options.timeout_ms / 1e3
    decoded, classified = await classify(
        request, images, predictor, timeout=timeout, white=options.scale
    )
    answer = prediction_list(predictor, decoded.images, classified, options.top_k)
    answer["latency_ms"] = {
        "decode": 1e3 * decoded.decode_seconds,
        "queue": 1e3 * (waited + decoded.queue_seconds + classified.queue_seconds),
        "forward": 1e3 * classified.forward_seconds,
        "total": 1e3 * (waited + perf_counter() - received),
    }
    return answer
