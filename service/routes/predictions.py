"""Images in, labels out, and where the time went."""

from dataclasses import dataclass
from time import perf_counter
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from service.dependencies import Id
from service.errors import refusals
from service.inference.admission import WAITED
from service.inference.answers import IMAGES, LatencyMilliseconds, PredictionList, prediction_list
from service.inference.batcher import Patience
from service.inference.images import MOST_BYTES
from service.inference.overload import ClientGoneError
from service.inference.predictors import Predictors
from service.inference.request_images import RequestImages, read_images
from service.inference.resolver import Resolver
from service.routes.engines import known_engine
from workers.model_store import Model

LONG_WAIT = 0.05  # seconds at the door, after which some have hung up; to ask takes a while itself

router = APIRouter(prefix="/v1/models", tags=["predictions"])


@dataclass(frozen=True)
class Wishes:
    """What a request may ask for beside the images."""

    top_k: Annotated[int, Query(ge=1, le=100, description="classes to list for each image")] = 3
    engine: Annotated[
        str | None,
        Query(max_length=40, description="see `GET /v1/engines`; the fastest by default"),
    ] = None
    timeout_ms: Annotated[
        float | None,
        Query(gt=0, le=600_000, description="what waits longer for the model is not computed: 429"),
    ] = None


@router.post(
    "/{model_id}/predictions",
    summary="Classify images",
    response_model=PredictionList,
    responses=refusals(404, 409, 410, 413, 415, 422, 429),
    openapi_extra=IMAGES,
    max_body_size=MOST_BYTES,
)
async def predict(model_id: Id, request: Request, wishes: Annotated[Wishes, Depends()]) -> Response:
    """Classify one image or several; they are brought to the model's size and colours, and it is said.

    The body is an image file, multipart files, an array in NumPy's .npy format, or JSON with
    `images` (base64) or `instances` (pixels).
    """
    images = await read_images(request)
    resolver: Resolver = request.app.state.resolver
    resolved = await resolver.resolve(model_id)
    answer = await classify(request, images, resolved.model, wishes, resolved.engine)
    return Response(
        answer.model_dump_json(),
        media_type="application/json",
        headers={"Server-Timing": _server_timing(answer.latency_ms)},
    )


async def classify(
    request: Request,
    images: RequestImages,
    model: Model,
    wishes: Wishes,
    engine: str | None = None,
) -> PredictionList:
    """What one model says of the images, by the engine wished for, or by `engine`."""
    waited: float = request.scope[WAITED]
    received = perf_counter()
    predictors: Predictors = request.app.state.predictors
    engine = known_engine(wishes.engine) if wishes.engine else engine
    predictor = await predictors.get(model, engine)
    predictor.check_room(len(images))
    if waited > LONG_WAIT and await request.is_disconnected():
        raise ClientGoneError
    started = perf_counter()
    prepared = images.prepare(predictor.shape)
    decode = perf_counter() - started
    patience = patience_of(request, wishes.timeout_ms)
    classified = await predictor.classify(prepared.pixels, patience)
    answer = prediction_list(predictor, prepared, classified, wishes.top_k)
    latency = answer.latency_ms
    latency.decode, latency.queue = 1e3 * decode, latency.queue + 1e3 * waited
    latency.total = 1e3 * (perf_counter() - received + waited)
    return answer


def patience_of(request: Request, timeout_ms: float | None) -> Patience:
    """How long a request waits: until its timeout, or until whoever sent it has gone."""

    async def gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass  # the rest of a body that has been read

    return Patience(timeout_ms and timeout_ms / 1e3, gone)


def _server_timing(latency: LatencyMilliseconds) -> str:
    return (
        f"decode;dur={latency.decode:.3f}, queue;dur={latency.queue:.3f},"
        f" forward;dur={latency.forward:.3f}, total;dur={latency.total:.3f}"
    )
