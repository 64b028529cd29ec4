"""Which parts of an image speak for a class, according to a model."""

from time import perf_counter
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic_core import to_json

from service.dependencies import Datasets, Id
from service.errors import refusals
from service.explaining.explain import ExplanationRequest, explain, explanation_list
from service.explaining.explainer import Check, Explainer
from service.explaining.explanation_list import BODY, ExplanationList, ExplanationOptions
from service.explaining.tested_images import read_images_to_explain
from service.inference.bodies.errors import ImageError
from service.inference.bodies.limits import MAX_BYTES
from service.inference.deadlines import deadline_of
from service.inference.model_resolver import ModelResolver

router = APIRouter(prefix="/v1/models", tags=["predictions"])

MAX_SECONDS = 50.0  # from the arrival of a body to its answer; our client waits for 60
PICTURE = "image/png"


@router.post(
    "/{model_id}/explanations",
    operation_id="explain",
    summary="Explain predictions",
    response_model=ExplanationList,
    responses={
        200: {"content": {PICTURE: {"schema": {"type": "string", "format": "binary"}}}},
        **refusals(404, 409, 410, 413, 415, 422, 429),
    },
    openapi_extra=BODY,
    max_body_size=MAX_BYTES,
)
async def explain_predictions(
    request: Request,
    model_id: Id,
    options: Annotated[ExplanationOptions, Query()],
    datasets: Datasets,
) -> Response:
    """Say which parts of an image speak for a class: for the one that is predicted, or for `class`.

    The body is that of predictions with up to 16 images, or JSON with `test_images`: the numbers of
    images on which the model was tested. With `Accept: image/png` the answer is the picture of a single
    image.
    """
    explainer: Explainer = request.app.state.explainer
    resolver: ModelResolver = request.app.state.resolver
    model = (await resolver.resolve(model_id)).model
    wants_picture = PICTURE in request.headers.get("Accept", "")
    with explainer.admit():
        images = await read_images_to_explain(request, model, datasets)
        if wants_picture and len(images) > 1:
            raise ImageError(f"{PICTURE} shows a single image, not {len(images)}; accept JSON")
        asked = perf_counter()

        def answer(check: Check) -> bytes:
            queue_seconds = perf_counter() - asked
            explained = explain(ExplanationRequest(model, images, options), explainer, check)
            if wants_picture:
                return explained.images[0].overlay
            return to_json(explanation_list(model, explained, queue_seconds))

        content = await explainer.run(answer, deadline_of(request, MAX_SECONDS))
    media_type = PICTURE if wants_picture else "application/json"
    return Response(content, media_type=media_type)
