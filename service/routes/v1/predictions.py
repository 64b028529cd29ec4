"""Images in, labels out, and where the time went."""

from time import perf_counter
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_json

from service.dependencies import Id
from service.errors import refusals
from service.inference.admission import CONCURRENT_REQUESTS, WAITED
from service.inference.batcher import Deadline
from service.inference.bodies.images import MOST_BYTES
from service.inference.bodies.request_images import RequestImages, read_images
from service.inference.errors import ClientGoneError
from service.inference.model_resolver import ModelResolver
from service.inference.prediction_list import IMAGES, PredictionList, prediction_list
from service.inference.predictor import Predictor
from service.inference.predictor_cache import PredictorCache
from service.overload.direct_routes import DirectRoute
from service.requests.fields import checked_engine
from workers.storage.tables import Model

LONG_WAIT = (
    0.5  # seconds at the door, after which some have hung up; to ask takes as long as to decode
)

router = APIRouter(prefix="/v1/models", tags=["predictions"], route_class=DirectRoute)


class PredictionOptions(BaseModel):
    """What a request may ask for beside the images."""

    model_config = ConfigDict(frozen=True)

    top_k: int = Field(3, ge=1, le=100, description="classes to list for each image")
    engine: str | None = Field(
        None, max_length=40, description="see `GET /v1/engines`; the fastest by default"
    )
    timeout_ms: float | None = Field(
        None, gt=0, le=600_000, description="what waits longer for the model is not computed: 429"
    )


DEFAULT_OPTIONS = PredictionOptions()


@router.post(
    "/{model_id}/predictions",
    operation_id="predict",
    summary="Classify images",
    response_model=PredictionList,
    responses=refusals(404, 409, 410, 413, 415, 422, 429),
    openapi_extra=IMAGES,
    max_body_size=MOST_BYTES,
)
async def predict(
    request: Request, model_id: Id, options: Annotated[PredictionOptions, Query()] = DEFAULT_OPTIONS
) -> Response:
    """Classify one image or several; they are brought to the model's size and colours, and it is said.

    The body is an image file, multipart files, an array in NumPy's .npy format, or JSON with
    `images` (base64) or `instances` (pixels).
    """
    resolver: ModelResolver = request.app.state.resolver
    resolved = await resolver.resolve(model_id)
    predictor = await predictor_of(request, resolved.model, options.engine or resolved.engine)
    images = await read_images(request)
    answer = await classify(request, images, predictor, options)
    return Response(
        to_json(answer),
        media_type="application/json",
        headers={"Server-Timing": _server_timing(answer["latency_ms"])},
    )


async def predictor_of(request: Request, model: Model, engine: str | None) -> Predictor:
    """A model by an engine, or by the fastest; OverloadedError before a body is read for nothing."""
    predictors: PredictorCache = request.app.state.predictors
    predictor = await predictors.get(model, checked_engine(engine) if engine else None)
    predictor.check_room(1)
    return predictor


async def classify(
    request: Request, images: RequestImages, predictor: Predictor, options: PredictionOptions
) -> dict[str, Any]:
    """What one model says of the images, a PredictionList."""
    waited: float = request.scope[WAITED]
    received = perf_counter()
    predictor.check_room(len(images))
    if waited > LONG_WAIT and await request.is_disconnected():
        raise ClientGoneError
    started = perf_counter()
    prepared = images.prepare(predictor.shape)
    decode = perf_counter() - started
    deadline = deadline_of(request, options.timeout_ms)
    classified = await predictor.classify(prepared.pixels, deadline)
    answer = prediction_list(predictor, prepared, classified, options.top_k)
    answer["latency_ms"] = {
        "decode": 1e3 * decode,
        "queue": 1e3 * (waited + classified.queue_seconds),
        "forward": 1e3 * classified.forward_seconds,
        "total": 1e3 * (waited + perf_counter() - received),
    }
    return answer


def deadline_of(request: Request, timeout_ms: float | None) -> Deadline:
    """How a request waits: until its timeout, or until whoever sent it has gone."""

    async def gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass  # the rest of a body that has been read

    return Deadline(timeout_ms and timeout_ms / 1e3, gone, request.scope[CONCURRENT_REQUESTS])


def _server_timing(latency_ms: dict[str, float]) -> str:
    return ", ".join(f"{stage};dur={duration:.3f}" for stage, duration in latency_ms.items())
