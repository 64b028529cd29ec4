"""The Open Inference Protocol: what was counted of each model."""

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
    """Statistics of one model, or of all that were used."""

    model_stats: list[ModelStatistics]


@router.get("/stats", summary="Statistics of all models", responses=refusals(404))
async def all_statistics(request: Request) -> StatisticsList:
    """Statistics of every model that was used since the service started."""
    predictors: PredictorCache = request.app.state.predictors
    ids = sorted({model_id for model_id, _ in predictors.counts})
    return StatisticsList(
        model_stats=[_statistics(predictors, model_id, str(FIRST), model_id) for model_id in ids]
    )


@router.get("/{name}/stats", summary="Statistics of a model", responses=refusals(404, 410))
async def model_statistics(name: ModelName, request: Request) -> StatisticsList:
    """What was counted of a model since the service started, queue and compute apart."""
    found = await find(request, name, None)
    of_model = _statistics(request.app.state.predictors, name, str(found.version), found.model.id)
    return StatisticsList(model_stats=[of_model])


@router.get(
    "/{name}/versions/{version}/stats",
    summary="Statistics of a version",
    responses=refusals(404, 410),
)
async def version_statistics(name: ModelName, version: Version, request: Request) -> StatisticsList:
    """Statistics of the model of this version of an alias."""
    found = await find(request, name, version)
    of_version = _statistics(request.app.state.predictors, name, version, found.model.id)
    return StatisticsList(model_stats=[of_version])


def _statistics(
    predictors: PredictorCache, name: str, version: str, model_id: str
) -> ModelStatistics:
    """The counts of a model, summed over its engines."""
    by_engine = [counts for key, counts in predictors.counts.items() if key[0] == model_id]
    queue = _sum([counts.queue for counts in by_engine])
    compute = _sum([counts.compute for counts in by_engine])
    return ModelStatistics(
        name=name,
        version=version,
        last_inference=_last_milliseconds(by_engine),
        inference_count=sum(counts.num_images for counts in by_engine),
        execution_count=sum(counts.num_batches for counts in by_engine),
        inference_stats=Durations(
            success=_sum([counts.success for counts in by_engine]),
            fail=_sum([counts.fail for counts in by_engine]),
            queue=queue,
            compute_input=Duration(count=queue.count, ns=0),  # decoding is not the model's time
            compute_infer=compute,
            compute_output=Duration(count=queue.count, ns=0),
        ),
        batch_stats=[],
    )


def _sum(tallies: list[Tally]) -> Duration:
    return Duration(
        count=sum(tally.count for tally in tallies), ns=sum(tally.ns for tally in tallies)
    )


def _last_milliseconds(by_engine: list[PredictionCounts]) -> int:
    moments = [counts.last_at.timestamp() for counts in by_engine if counts.last_at]
    return round(1e3 * max(moments, default=0))
