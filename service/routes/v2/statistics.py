"""The Open Inference Protocol: what was counted of each model.

`/models/stats` must be found before `/models/{name}`, and modules are mounted in alphabetical order.
"""

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel

from service.errors import refusals
from service.inference.prediction_counts import PredictionCounts, Tally
from service.inference.predictor_cache import PredictorCache
from service.routes.v2._versions import FIRST, ModelName, Version, find

router = APIRouter(prefix="/v2/models", tags=["open inference protocol"])


class Duration(BaseModel):
    """How many times, and nanoseconds in all."""

    count: int
    ns: int


class Durations(BaseModel):
    """Where the time of a model's requests went."""

    success: Duration
    fail: Duration
    queue: Duration
    compute_input: Duration
    compute_infer: Duration
    compute_output: Duration


class ModelStatistics(BaseModel):
    """What was counted of a model since the service started."""

    name: str
    version: str
    last_inference: int
    inference_count: int
    execution_count: int
    inference_stats: Durations
    batch_stats: list[dict[str, Any]]


class StatisticsList(BaseModel):
    """PredictionCounts of one model, or of all that were used."""

    model_stats: list[ModelStatistics]


@router.get("/stats", summary="PredictionCounts of all models", responses=refusals(404))
async def all_statistics(request: Request) -> StatisticsList:
    """PredictionCounts of every model that was used since the service started."""
    predictors: PredictorCache = request.app.state.predictors
    names = {model_id for model_id, _ in predictors.statistics}
    return StatisticsList(
        model_stats=[_statistics(predictors, one, str(FIRST), one) for one in sorted(names)]
    )


@router.get("/{name}/stats", summary="PredictionCounts of a model", responses=refusals(404))
async def model_statistics(name: ModelName, request: Request) -> StatisticsList:
    """What was counted of a model since the service started, queue and compute apart."""
    found = await find(request, name, None)
    one = _statistics(request.app.state.predictors, name, str(found.version), found.model.id)
    return StatisticsList(model_stats=[one])


@router.get(
    "/{name}/versions/{version}/stats",
    summary="PredictionCounts of a version",
    responses=refusals(404),
)
async def version_statistics(name: ModelName, version: Version, request: Request) -> StatisticsList:
    """The same of what an alias stood for in this version."""
    found = await find(request, name, version)
    one = _statistics(request.app.state.predictors, name, version, found.model.id)
    return StatisticsList(model_stats=[one])


def _statistics(
    predictors: PredictorCache, name: str, version: str, model_id: str
) -> ModelStatistics:
    counted = [one for (owner, _), one in predictors.statistics.items() if owner == model_id]
    queue = _sum([one.queue for one in counted])
    compute = _sum([one.compute for one in counted])
    return ModelStatistics(
        name=name,
        version=version,
        last_inference=_last_milliseconds(counted),
        inference_count=sum(one.num_images for one in counted),
        execution_count=sum(one.num_batches for one in predictors.loaded(model_id)),
        inference_stats=Durations(
            success=_sum([one.success for one in counted]),
            fail=_sum([one.fail for one in counted]),
            queue=queue,
            compute_input=Duration(count=queue.count, ns=0),  # decoding is not the model's time
            compute_infer=compute,
            compute_output=Duration(count=queue.count, ns=0),
        ),
        batch_stats=[],
    )


def _sum(tallies: list[Tally]) -> Duration:
    return Duration(count=sum(one.count for one in tallies), ns=sum(one.ns for one in tallies))


def _last_milliseconds(counted: list[PredictionCounts]) -> int:
    moments = [one.last_at.timestamp() for one in counted if one.last_at]
    return round(1e3 * max(moments, default=0))
