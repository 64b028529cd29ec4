"""The same images through every model of a comparison, side by side."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field
from sqlalchemy import Engine

from service.dependencies import Database, Id
from service.errors import refusals
from service.inference import request_predictions
from service.inference.bodies.limits import MAX_BYTES
from service.inference.bodies.request_images import read_images
from service.inference.prediction_list import IMAGES, PredictionList, PredictionOptions
from service.inference.predictor_cache import PredictorCache
from service.results.comparisons import label_of
from service.routes._document import Document
from workers.queue import comparisons
from workers.storage import trained_models
from workers.storage.database import transaction
from workers.storage.tables import Model
from workers.storage.trained_models import ModelNotFoundError

router = APIRouter(prefix="/v1/comparisons/{comparison_id}", tags=["predictions"])


class ComparedPrediction(PredictionList, Document):
    """What one model of the comparison says."""

    label: str
    seed: int
    fold: int | None = Field(description="that tested it, from 1 to `folds`; null: the test split")
    folds: int | None
    test_accuracy: float


class ComparedPredictions(BaseModel):
    """What every model of the comparison says, in the order of its jobs."""

    comparison_id: str
    models: list[ComparedPrediction]


@router.post(
    "/predictions",
    summary="Classify by every model",
    responses=refusals(404, 409, 410, 413, 415, 422, 429),
    openapi_extra=IMAGES,
    max_body_size=MAX_BYTES,
)
async def predict_by_all(
    comparison_id: Id,
    request: Request,
    database: Database,
    options: Annotated[PredictionOptions, Query()],
) -> ComparedPredictions:
    """Send the same images through every model of a comparison, one after the other.

    Each answers with its predictions and with where its time went. Bodies are those of a model's
    predictions.
    """
    found_id, models = await run_in_threadpool(_models, database, comparison_id)
    images = await read_images(request)
    predictors: PredictorCache = request.app.state.predictors
    answers = []
    for label, model in models:
        predictor = await predictors.get(model, options.engine)
        answer = await request_predictions.predict(request, images, predictor, options)
        answers.append(ComparedPrediction.from_attributes(model, **answer, label=label))
    return ComparedPredictions(comparison_id=found_id, models=answers)


def _models(database: Engine, comparison_id: str) -> tuple[str, list[tuple[str, Model]]]:
    """The comparison's id, and the label and model of each of its jobs that has made one."""
    with transaction(database, read_only=True) as session:
        comparison = comparisons.get(session, comparison_id)
        jobs = comparisons.jobs_of(session, comparison)
        made = trained_models.of_jobs(session, [job.id for job in jobs])
        models = [
            (label_of(comparison.architectures, job), made[job.id])
            for job in jobs
            if job.id in made
        ]
    if not models:
        raise ModelNotFoundError(f"comparison '{comparison.id}' has made no model yet")
    return comparison.id, models
