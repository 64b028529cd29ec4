"""Predictions as the API shows them, and the bodies it takes for them."""

from typing import Any

import numpy as np
from pydantic import BaseModel, Field

from service.inference.batcher import Classified
from service.inference.bodies.images import PreparedImages
from service.inference.predictor import Predictor
from workers.engines import Probabilities


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


def prediction_list(
    predictor: Predictor, images: PreparedImages, classified: Classified, top_k: int
) -> dict[str, Any]:
    """A PredictionList but for its latency, which the request knows.

    Plain values: to make pydantic objects of them would take longer than to classify.
    """
    return {
        "model_id": predictor.model.id,
        "architecture": predictor.model.architecture,
        "predictions": _predictions(
            predictor.model.classes, classified.probabilities, images.notes, top_k
        ),
        "engine": predictor.engine.name,
        "device": predictor.engine.device,
        "batch_size": classified.batch_size,
    }


def _predictions(
    classes: list[str], probabilities: Probabilities, notes: list[list[str]], top_k: int
) -> list[dict[str, Any]]:
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :top_k]
    predictions = []
    for indices, row, said in zip(order.tolist(), probabilities.tolist(), notes, strict=True):
        top = [{"label": classes[index], "probability": row[index]} for index in indices]
        predictions.append({**top[0], "top": top, "notes": said})
    return predictions
