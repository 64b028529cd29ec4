"""Images in, labels out, and where the time went."""

from time import perf_counter
from typing import Annotated, Any

import torch
from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field
from torch import Tensor

from service.dependencies import Database, Id
from service.errors import refusals
from service.inference.images import MOST_BYTES, PreparedImage
from service.inference.predictor import Predictor, PredictorCache
from service.inference.request_images import RequestImages, read_images
from workers import model_store
from workers.database import transaction

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
    queue: float = Field(description="waiting for other requests to this model")
    forward: float = Field(description="from pixels on the host to probabilities on the host")
    total: float = Field(description="from the whole body received to the answer")


class PredictionList(BaseModel):
    """One prediction for each image, in their order."""

    model_id: str
    architecture: str
    predictions: list[Prediction]
    latency_ms: LatencyMilliseconds
    engine: str
    device: str
    batch_size: int


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
            "image/png": {"schema": {"type": "string", "format": "binary"}},
            "image/jpeg": {"schema": {"type": "string", "format": "binary"}},
            "image/webp": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.post(
    "/{model_id}/predictions",
    summary="Classify images",
    responses=refusals(404, 410, 413, 415, 422),
    openapi_extra=IMAGES,
    max_body_size=MOST_BYTES,
)
async def predict(
    model_id: Id,
    request: Request,
    response: Response,
    database: Database,
    top_k: Annotated[int, Query(ge=1, le=100, description="classes to list for each image")] = 3,
) -> PredictionList:
    """Classify one image or several; they are brought to the model's size and colours, and it is said.

    The body is an image file, multipart files, or JSON with `images` (base64) or `instances` (pixels).
    """
    body = await read_images(request)
    received = perf_counter()
    predictors: PredictorCache = request.app.state.predictors
    answer = await run_in_threadpool(_predict, database, predictors, model_id, body, top_k)
    answer.latency_ms.total = 1e3 * (perf_counter() - received)
    stages = answer.latency_ms.model_dump().items()
    response.headers["Server-Timing"] = ", ".join(f"{n};dur={ms:.3f}" for n, ms in stages)
    return answer


def _predict(
    database: Any, predictors: PredictorCache, model_id: str, body: RequestImages, top_k: int
) -> PredictionList:
    with transaction(database, read_only=True) as session:
        model = model_store.get(session, model_id)
    predictor = predictors.get(model)
    started = perf_counter()
    prepared = body.prepare(predictor.shape)
    pixels = torch.stack([image.pixels for image in prepared])
    decoded = perf_counter()
    probabilities, waited, worked = predictor.probabilities(pixels)
    return PredictionList(
        model_id=model.id,
        architecture=model.architecture,
        predictions=[
            _prediction(predictor, image, row, top_k)
            for image, row in zip(prepared, probabilities, strict=True)
        ],
        latency_ms=LatencyMilliseconds(
            decode=1e3 * (decoded - started), queue=1e3 * waited, forward=1e3 * worked, total=0
        ),
        engine=predictor.engine,
        device=str(predictor.device),
        batch_size=len(prepared),
    )


def _prediction(
    predictor: Predictor, image: PreparedImage, probabilities: Tensor, top_k: int
) -> Prediction:
    classes = predictor.model.classes
    values, indices = probabilities.topk(min(top_k, len(classes)))
    top = [
        ClassProbability(label=classes[index], probability=value)
        for value, index in zip(values.tolist(), indices.tolist(), strict=True)
    ]
    return Prediction(
        label=top[0].label, probability=top[0].probability, top=top, notes=image.notes
    )
