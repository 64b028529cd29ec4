"""What a request for predictions may ask for, and its answer as the API shows it."""

from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from service.inference.batcher import Classified
from service.inference.bodies.images import PreparedImages
from service.inference.predictor import Predictor
from workers.engines import Probabilities


class ScaleOption(BaseModel):
    """Which number is white; in the query of every request that has images."""

    model_config = ConfigDict(frozen=True)

    scale: float | None = Field(
        None,
        gt=0,
        le=65535,
        description="the number that is white, in arrays, `instances` and images of more than 8 bits; by"
        " default 1 for floats of which the largest in the request lies in (0, 1], else what the file"
        " says, or that of the dataset, or 255 for numbers and 65535 for images; a note says which",
        examples=[255],
    )


class PredictionOptions(ScaleOption):
    """What a request may ask for beside the images."""

    top_k: int = Field(3, ge=1, le=100, description="classes to list for each image")
    engine: str | None = Field(
        None, max_length=40, description="see `GET /v1/engines`; the fastest by default"
    )
    timeout_ms: float | None = Field(
        None, gt=0, le=600_000, description="what waits longer for the model is not computed: 429"
    )


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
    queue: float = Field(
        description="waiting for other requests, after admission and for the model"
    )
    forward: float = Field(
        description="from pixels on the host to probabilities on the host, of the whole batch"
    )
    total: float = Field(description="from admission to the answer, without receiving the body")


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
                            "description": "pixels 0 to 255, or floats 0 to 1, as H×W or H×W×3",
                        },
                    },
                },
                "example": {"instances": [[[0, 128, 255], [0, 128, 255], [0, 128, 255]]]},
            },
            "application/x-npy": {"schema": {"type": "string", "format": "binary"}},
            **{
                f"image/{kind}": {"schema": {"type": "string", "format": "binary"}}
                for kind in ("png", "jpeg", "webp", "bmp", "gif", "tiff", "avif", "heic")
            },
        },
    }
}


def prediction_list(
    predictor: Predictor, images: PreparedImages, classified: Classified, top_k: int
) -> dict[str, Any]:
    """A PredictionList without its latency, as plain values.

    Making pydantic objects of them would take longer than classifying.
    """
    return {
        "model_id": predictor.model.id,
        "architecture": predictor.model.architecture,
        "predictions": predictions_of(
            predictor.model.classes, classified.probabilities, images.notes, top_k
        ),
        "engine": predictor.engine.name,
        "device": predictor.engine.device,
        "batch_size": classified.batch_size,
    }


def predictions_of(
    classes: list[str], probabilities: Probabilities, notes: list[list[str]], top_k: int
) -> list[dict[str, Any]]:
    """A Prediction of each row of probabilities (N, num_classes), as plain values."""
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :top_k]
    predictions = []
    for indices, row, changes in zip(order.tolist(), probabilities.tolist(), notes, strict=True):
        top = [{"label": classes[index], "probability": row[index]} for index in indices]
        predictions.append({**top[0], "top": top, "notes": changes})
    return predictions
