"""The Open Inference Protocol: inference, for the clients of Triton and KServe.

Bodies are read raw: those clients send no Content-Type, binary tensors behind the JSON, and gzip.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from service.errors import refusals
from service.inference.bodies.compression import compress
from service.inference.bodies.images import PreparedImages
from service.inference.bodies.inference_request import InferenceRequest, read_request
from service.inference.bodies.inference_response import most_probable, write_response
from service.inference.bodies.large_bodies import process_body
from service.inference.bodies.limits import MAX_BYTES, check_number
from service.inference.prediction_list import ScaleOption
from service.inference.predictor_cache import PredictorCache
from service.inference.request_predictions import classify
from service.routes.v2._versions import ModelName, Version, find
from workers.engines import Probabilities

router = APIRouter(prefix="/v2", tags=["open inference protocol"])

HEADER_LENGTH = "Inference-Header-Content-Length"

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
    "max_body_size": MAX_BYTES,
}


@router.post("/models/{name}/infer", summary="Infer", operation_id="infer", **ANSWERS)
async def infer(
    request: Request, name: ModelName, options: Annotated[ScaleOption, Query()]
) -> Response:
    """Probabilities of `images`: numbers 0 to 255 or floats 0 to 1 as N×C×H×W, or BYTES: image files.

    Tensors may be JSON or binary; `classification` in the output's parameters gives labels. What was
    done to the images, such as scaling floats, is said in `parameters.notes` of the answer.
    """
    return await _infer(request, name, None, options)


@router.post(
    "/models/{name}/versions/{version}/infer",
    summary="Infer by a version",
    operation_id="infer_by_version",
    **ANSWERS,
)
async def infer_by_version(
    request: Request, name: ModelName, version: Version, options: Annotated[ScaleOption, Query()]
) -> Response:
    """Infer with the model of this version of an alias; a model itself has the version 1."""
    return await _infer(request, name, version, options)


async def _infer(
    request: Request, name: str, version: str | None, options: ScaleOption
) -> Response:
    predictors: PredictorCache = request.app.state.predictors
    resolved = await find(request, name, version)
    predictor = await predictors.get(resolved.model, resolved.engine)
    predictor.check_capacity(1)  # before a body is read for nothing
    inference = await _read_request(request)
    output = inference.output()
    decoded, classified = await classify(
        request, inference, predictor, timeout=inference.timeout, white=options.scale
    )
    probabilities = classified.probabilities
    document = _document(name, version or str(resolved.version), inference, decoded.images)
    values: Probabilities | list[list[str]] = probabilities
    if output.num_classes:
        values = most_probable(probabilities, resolved.model.classes, output.num_classes)
    accepted = request.headers.get("Accept-Encoding", "")
    return await _answer(document, values, binary=output.binary, accepted=accepted)


def _document(
    name: str, version: str, inference: InferenceRequest, images: PreparedImages
) -> dict[str, Any]:
    """The answer but for its output: parameters are scalars, so the notes are one text, each once."""
    document: dict[str, Any] = {"model_name": name, "model_version": version}
    if "id" in inference.document:
        document["id"] = str(inference.document["id"])
    notes = dict.fromkeys(note for of_image in images.notes for note in of_image)
    if notes:
        document["parameters"] = {"notes": "; ".join(notes)}
    return document


async def _read_request(request: Request) -> InferenceRequest:
    header_length = request.headers.get(HEADER_LENGTH)
    inference = await process_body(
        await request.body(), lambda body: read_request(body, header_length)
    )
    check_number(len(inference))
    return inference


async def _answer(
    document: dict[str, Any],
    values: Probabilities | list[list[str]],
    *,
    binary: bool,
    accepted: str,
) -> Response:
    body, length = write_response(document, values, binary=binary)
    headers = {HEADER_LENGTH: str(length)} if length is not None else {}
    body, encoding = await process_body(body, lambda body: compress(body, accepted))
    if encoding:
        headers["Content-Encoding"] = encoding
    kind = "application/json" if length is None else "application/octet-stream"
    return Response(body, media_type=kind, headers=headers)
