"""The images of one request to one model: decoded, classified, and where the time went."""

from time import perf_counter
from typing import Any

from fastapi import Request

from service.inference.admission import AdmissionControl
from service.inference.bodies.request_images import RequestImages
from service.inference.deadlines import deadline_of
from service.inference.decoding import decode_images
from service.inference.errors import ClientGoneError
from service.inference.prediction_list import PredictionOptions, prediction_list
from service.inference.predictor import Predictor

WAITED = "bakeoff.waited"  # key of the scope: seconds between admission and the endpoint
#: Seconds after which it is worth asking whether the client has hung up: asking takes as long as decoding.
LONG_WAIT = 0.5


async def classify(
    request: Request, images: RequestImages, predictor: Predictor, options: PredictionOptions
) -> dict[str, Any]:
    """What one model says of the images: a PredictionList as plain values.

    ImageError, OverloadedError, ClientGoneError.
    """
    waited: float = request.scope.get(WAITED, 0.0)
    received = perf_counter()
    predictor.check_room(len(images))
    if waited > LONG_WAIT and await request.is_disconnected():
        raise ClientGoneError
    deadline = deadline_of(request, options.timeout_ms and options.timeout_ms / 1e3)
    decoded = await decode_images(images, predictor, deadline)
    classified = await predictor.classify(
        decoded.images.pixels,
        deadline.after(decoded.queue_seconds),
        concurrent_requests=concurrent_requests(request),
    )
    answer = prediction_list(predictor, decoded.images, classified, options.top_k)
    answer["latency_ms"] = {
        "decode": 1e3 * decoded.decode_seconds,
        "queue": 1e3 * (waited + decoded.queue_seconds + classified.queue_seconds),
        "forward": 1e3 * classified.forward_seconds,
        "total": 1e3 * (waited + perf_counter() - received),
    }
    return answer


def concurrent_requests(request: Request) -> int:
    """The number of predictions the service is answering, this one included."""
    admission: AdmissionControl = request.app.state.admission
    return admission.num_requests
