"""Images in, labels out, and where the time went."""

from dataclasses import dataclass
from time import perf_counter
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from service.dependencies import Id
from service.errors import refusals
from service.inference.admission import WAITED
from service.inference.batcher import Classified, Patience
from service.inference.images import MOST_BYTES, PreparedImages
from service.inference.predictor import Predictor
from service.inference.predictors import Predictors
from service.inference.request_images import RequestImages, read_images
from service.inference.resolver import Resolver
from service.routes.engines import known_engine
from workers.engines import Probabilities
from workers.model_store import Model

router = APIRouter(prefix="/v1/models", tags=["predictions"])


class ClassProbability(BaseModel):
    """A class and how probable the model holds it."""

    label: str
    probability: float


class Prediction(BaseModel):
    """What one image shows, most probable class first."""

    label: str = Field(examples=["3"])
    probability: float = Field(examples=[0.98])
    top: list[ClassProbability]
    notes: list[str] = Field(examples=[["resized from 512×384 to 28×28"]])


class LatencyMilliseconds(BaseModel):
    """Where the time of this request went, by a monotonic clock, in milliseconds."""

    decode: float = Field(description="from bytes to pixels of the model's size")
    queue: float = Field(description="waiting for other requests, at the door and for the model")
    forward: float = Field(
        description="from pixels on the host to probabilities on the host, of the whole batch"
    )
    total: float = Field(description="from the whole body received to the answer, and at the door")


class PredictionList(BaseModel):
    """One prediction for each image, in their order."""

    model_id: str
    architecture: str
    predictions: list[Prediction]
    latency_ms: LatencyMilliseconds
    engine: str
    device: str
    batch_size: int = Field(description="images computed together, of other requests too")


IMAGES: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "images": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                        }
                    },
                    "required": ["images"],
                }
            },
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "images": {
                            "type": "array",
                            "items": {"type": "string", "description": "an image file in base64"},
                        },
                        "instances": {
                            "type": "array",
                            "items": {"type": "array", "items": {}},
                            "description": "pixels 0 to 255 as H×W or H×W×3",
                        },
                    },
                },
                "example": {"instances": [[[0, 128, 255], [0, 128, 255], [0, 128, 255]]]},
            },
            "application/x-npy": {"schema": {"type": "string", "format": "binary"}},
            "image/png": {"schema": {"type": "string", "format": "binary"}},
            "image/jpeg": {"schema": {"type": "string", "format": "binary"}},
            "image/webp": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


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


def prediction_list(
    predictor: Predictor, images: PreparedImages, classified: Classified, top_k: int
) -> PredictionList:
    """The answer but for what only the request knows: the time of decoding, and in all."""
    return PredictionList(
        model_id=predictor.model.id,
        architecture=predictor.model.architecture,
        predictions=_predictions(
            predictor.model.classes, classified.probabilities, images.notes, top_k
        ),
        latency_ms=LatencyMilliseconds(
            decode=0,
            queue=1e3 * classified.queue_seconds,
            forward=1e3 * classified.forward_seconds,
            total=0,
        ),
        engine=predictor.engine.name,
        device=predictor.engine.device,
        batch_size=classified.batch_size,
    )


def _predictions(
    classes: list[str], probabilities: Probabilities, notes: list[list[str]], top_k: int
) -> list[Prediction]:
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :top_k]
    values = np.take_along_axis(probabilities, order, axis=1)
    predictions = []
    for indices, row, said in zip(order.tolist(), values.tolist(), notes, strict=True):
        top = [
            ClassProbability(label=classes[index], probability=value)
            for index, value in zip(indices, row, strict=True)
        ]
        predictions.append(
            Prediction(label=top[0].label, probability=top[0].probability, top=top, notes=said)
        )
    return predictions


def _server_timing(latency: LatencyMilliseconds) -> str:
    return (
        f"decode;dur={latency.decode:.3f}, queue;dur={latency.queue:.3f},"
        f" forward;dur={latency.forward:.3f}, total;dur={latency.total:.3f}"
    )
