"""The images of one request, explained: a map and a picture for each."""

import base64
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import UnknownNameError
from service.explaining.explainer import Check, Explainer
from service.explaining.explanation_list import ExplanationOptions
from service.explaining.overlay import draw_overlay
from service.inference.bodies.request_images import RequestImages
from service.inference.prediction_list import predictions_of
from workers.datasets.images.preparation import Preparation
from workers.engines import Images, Probabilities
from workers.explaining import Question, default_method, methods
from workers.storage.tables import Model

DECIMALS = 4  # of a number in a map
TOP_K = 3  # classes that are listed


@dataclass(frozen=True)
class ExplanationRequest:
    """Which images are explained, of which model, and how."""

    model: Model
    images: RequestImages
    options: ExplanationOptions


@dataclass(frozen=True)
class ExplainedImage:
    """What in an image speaks for a class."""

    target: int  # the class
    probabilities: Probabilities  # (num_classes,)
    notes: list[str]  # how the image was fitted to the model
    values: NDArray[np.float32]  # (H, W), from −1 to 1
    scale: float  # what 1 stands for
    how: str
    overlay: bytes  # a PNG


@dataclass(frozen=True)
class ExplainedImages:
    """What was explained, and the seconds it took."""

    method: str
    device: str
    images: list[ExplainedImage]
    decode_seconds: float
    explain_seconds: float


def explain(request: ExplanationRequest, explainer: Explainer, check: Check) -> ExplainedImages:
    """Explain the images of a request; to be called in the explainer's thread.

    UnknownNameError for a method or a class that there is not, UnfitMethodError, EngineError,
    ImageError, DatasetGoneError, ArtifactError, and what `check` raises.
    """
    model, options = request.model, request.options
    if options.method is not None:
        methods[options.method]  # refused before anything is loaded
    if options.class_name is not None and options.class_name not in model.classes:
        raise UnknownNameError("class", options.class_name, model.classes)
    started = perf_counter()
    preparation = Preparation.of_model(model.preparation, model.image_shape)
    prepared = request.images.prepare(preparation, slice(None), options.scale)
    decoded = perf_counter()
    network = explainer.network_of(model)
    method = options.method or default_method(network)
    images = []
    for pixels, notes in zip(prepared.pixels, prepared.notes, strict=True):
        check()
        probabilities = network.classify(pixels)
        target = int(probabilities.argmax())
        if options.class_name is not None:
            target = model.classes.index(options.class_name)
        question = Question(network, network.normalise(pixels), target, check)
        images.append(_explain(question, method, pixels, probabilities, notes))
    seconds = perf_counter() - decoded
    return ExplainedImages(method, str(network.network.device), images, decoded - started, seconds)


def explanation_list(
    model: Model, explained: ExplainedImages, queue_seconds: float
) -> dict[str, Any]:
    """An ExplanationList as plain values."""
    _, height, width = model.image_shape
    return {
        "model_id": model.id,
        "architecture": model.architecture,
        "method": explained.method,
        "device": explained.device,
        "width": width,
        "height": height,
        "latency_ms": {
            "queue": 1e3 * queue_seconds,
            "decode": 1e3 * explained.decode_seconds,
            "explain": 1e3 * explained.explain_seconds,
        },
        "explanations": [_document(model.classes, image) for image in explained.images],
    }


def _explain(
    question: Question, method: str, pixels: Images, probabilities: Probabilities, notes: list[str]
) -> ExplainedImage:
    attribution = methods[method](question)
    # A network whose training diverged gives numbers of which nothing follows.
    values = np.nan_to_num(attribution.values.cpu().numpy(), nan=0, posinf=0, neginf=0)
    scale = float(np.abs(values).max())
    values = values / scale if scale else values
    return ExplainedImage(
        question.target,
        probabilities,
        notes,
        values,
        scale,
        attribution.how,
        draw_overlay(pixels, values),
    )


def _document(classes: list[str], image: ExplainedImage) -> dict[str, Any]:
    [prediction] = predictions_of(classes, image.probabilities[None], [image.notes], TOP_K)
    return {
        **prediction,
        "class": classes[image.target],
        "class_probability": float(image.probabilities[image.target]),
        "map": image.values.astype(np.float64).round(DECIMALS).tolist(),
        "scale": image.scale,
        "how": image.how,
        "overlay": f"data:image/png;base64,{base64.b64encode(image.overlay).decode()}",
    }
