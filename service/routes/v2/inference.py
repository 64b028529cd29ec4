"""The Open Inference Protocol: inference, for the clients of Triton and KServe.

Bodies are read raw: those clients send no Content-Type, binary tensors behind the JSON, and gzip.
"""

from typing import Any

import numpy as np
from fastapi import APIRouter, Request, Response

from models import ImageShape
from service.errors import TooLargeError, refusals
from service.inference.bodies.array_file import as_bytes
from service.inference.bodies.compression import pack, unpack
from service.inference.bodies.images import MOST_BYTES, MOST_IMAGES, from_file
from service.inference.bodies.tensors import (
    InferRequest,
    ProtocolError,
    classification,
    read_request,
    write_response,
)
from service.inference.predictor_cache import PredictorCache
from service.overload.direct_routes import DirectRoute
from service.routes.v1.predictions import deadline_of
from service.routes.v2._versions import ModelName, Version, find
from workers.engines import Images, Probabilities

router = APIRouter(prefix="/v2", tags=["open inference protocol"], route_class=DirectRoute)

HEADER_LENGTH = "Inference-Header-Content-Length"
MOST_MICROSECONDS = 600e6

BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "object"},
                "example": {
                    "inputs": [
                        {
                            "name": "images",
                            "datatype": "UINT8",
                            "shape": [1, 1, 8, 8],
                            "data": [0] * 64,
                        }
                    ]
                },
            },
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}
ANSWERS: dict[str, Any] = {
    "response_class": Response,
    "responses": {
        200: {"content": {"application/json": {}, "application/octet-stream": {}}},
        **refusals(400, 404, 409, 410, 413, 422, 429),
    },
    "openapi_extra": BODY,
    "max_body_size": MOST_BYTES,
}


@router.post("/models/{name}/infer", summary="Infer", operation_id="infer", **ANSWERS)
async def infer(request: Request, name: ModelName) -> Response:
    """Probabilities of `images`: numbers 0 to 255 as N×C×H×W, or BYTES that are image files.

    Tensors may be JSON or binary; `classification` in the output's parameters gives labels.
    """
    return await _infer(request, name, None)


@router.post(
    "/models/{name}/versions/{version}/infer",
    summary="Infer by a version",
    operation_id="infer_by_version",
    **ANSWERS,
)
async def infer_by_version(request: Request, name: ModelName, version: Version) -> Response:
    """The same by a version: of an alias what it stood for then; a model has the version 1."""
    return await _infer(request, name, version)


async def _infer(request: Request, name: str, version: str | None) -> Response:
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    body = unpack(await request.body(), encoding, most_bytes=MOST_BYTES)
    asked = read_request(body, request.headers.get(HEADER_LENGTH))
    predictors: PredictorCache = request.app.state.predictors
    resolved = await find(request, name, version)
    predictor = await predictors.get(resolved.model, resolved.engine)
    if len(asked) > MOST_IMAGES:
        raise TooLargeError(f"{len(asked)} images; at most {MOST_IMAGES} are accepted at once")
    predictor.check_room(len(asked))
    images = _images(asked, predictor.shape)
    deadline = deadline_of(request, _timeout_ms(asked))
    classified = await predictor.classify(images, deadline)
    document = {"model_name": name, "model_version": version or str(resolved.version)}
    if "id" in asked.document:
        document["id"] = str(asked.document["id"])
    return _answer(request, asked, document, classified.probabilities, resolved.model.classes)


def _images(asked: InferRequest, shape: ImageShape) -> Images:
    """The images of a request, as the model takes them. ProtocolError, ImageError."""
    if asked.numbers is None:
        files = [from_file(one, shape, name="an element") for one in asked.files or ()]
        if not files:
            raise ProtocolError("the request has no image")
        return np.stack([one.pixels for one in files])
    if asked.numbers.shape[1:] != tuple(shape):
        wanted = [-1, *shape]
        raise ProtocolError(f"'images' has shape {wanted}, and not {list(asked.numbers.shape)}")
    return np.ascontiguousarray(as_bytes(asked.numbers))


def _timeout_ms(asked: InferRequest) -> float | None:
    """The protocol's timeout is in microseconds."""
    timeout = asked.parameters.get("timeout")
    if timeout is None:
        return None
    if type(timeout) is not int or not 0 < timeout <= MOST_MICROSECONDS:
        raise ProtocolError("'timeout' is a number of microseconds up to ten minutes")
    return timeout / 1e3


def _answer(
    request: Request,
    asked: InferRequest,
    document: dict[str, Any],
    probabilities: Probabilities,
    classes: list[str],
) -> Response:
    output = asked.output()
    count = output.get("classification", 0)
    if type(count) is not int or count < 0:
        raise ProtocolError("'classification' is the number of classes to list")
    labels = classification(probabilities, classes, count) if count else None
    body, length = write_response(
        document, labels or probabilities, binary=bool(output["binary_data"])
    )
    headers = {HEADER_LENGTH: str(length)} if length is not None else {}
    body, packed = pack(body, request.headers.get("Accept-Encoding", ""))
    if packed:
        headers["Content-Encoding"] = packed
    kind = "application/json" if length is None else "application/octet-stream"
    return Response(body, media_type=kind, headers=headers)
