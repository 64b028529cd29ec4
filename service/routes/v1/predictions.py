"""Images in, labels out, and where the time went."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic_core import to_json

from service.dependencies import Id
from service.errors import refusals
from service.inference import request_predictions
from service.inference.bodies.limits import MAX_BYTES
from service.inference.bodies.request_images import read_images
from service.inference.model_resolver import ModelResolver
from service.inference.prediction_list import IMAGES, PredictionList, PredictionOptions
from service.inference.predictor_cache import PredictorCache

router = APIRouter(prefix="/v1/models", tags=["predictions"])


@router.post(
    "/{model_id}/predictions",
    operation_id="predict",
    summary="Classify images",
    response_model=PredictionList,
    responses=refusals(404, 409, 410, 413, 415, 422, 429),
    openapi_extra=IMAGES,
    max_body_size=MAX_BYTES,
)
async def predict(
    request: Request, model_id: Id, options: Annotated[PredictionOptions, Query()]
) -> Response:
    """Classify one image or several; they are fitted to the model's size and colours, with a note.

    The body is an image file, multipart files, an array in NumPy's .npy format, or JSON with
    `images` (base64) or `instances` (pixels).
    """
    resolver: ModelResolver = request.app.state.resolver
    predictors: PredictorCache = request.app.state.predictors
    resolved = await resolver.resolve(model_id)
    predictor = await predictors.get(resolved.model, options.engine or resolved.engine)
    predictor.check_capacity(1)  # before a body is read for nothing
    images = await read_images(request)
    answer = await request_predictions.predict(request, images, predictor, options)
    return Response(
        to_json(answer),
        media_type="application/json",
        headers={"Server-Timing": _server_timing(answer["latency_ms"])},
    )


def _server_timing(latency_ms: dict[str, float]) -> str:
    return ", ".join(f"{stage};dur={duration:.3f}" for stage, duration in latency_ms.items())
