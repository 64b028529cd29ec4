"""The curves of a comparison, thinned for drawing, also while its jobs run."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from fastapi import APIRouter, Depends, Query, Response
from numpy.typing import NDArray
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from models import UnknownNameError
from service.analysis.curves import (
    MIN_POINTS,
    ArchitectureCurve,
    MeasuredJob,
    architecture_curve,
    points_for,
)
from service.charts.drawing.cache import cache_key
from service.dependencies import Id, ReadSession
from service.errors import refusals
from service.results.comparisons import label_of
from service.routes._conditions import Conditions
from service.routes._downloads import respond_conditionally
from workers.queue import comparisons
from workers.storage import metrics
from workers.storage.tables import Comparison, Job

router = APIRouter(prefix="/v1/comparisons/{comparison_id}", tags=["comparisons"])

SECONDS = "seconds"  # the metric: of training alone, in one epoch


class CurveList(BaseModel):
    """A metric of every architecture that has trained an epoch; there is no second page."""

    metric: str
    by: Literal["epoch", "seconds"]
    metrics: list[str] = Field(description="the names of all metrics; none before the first epoch")
    items: list[ArchitectureCurve]
    next: None = None


@dataclass(frozen=True)
class CurveOptions:
    """Which metric, over what, in how many points."""

    metric: Annotated[
        str, Query(max_length=200, description="one of `metrics`", examples=["train_loss"])
    ] = "validation_accuracy"
    by: Annotated[
        Literal["epoch", "seconds"],
        Query(description="what `x` is; seconds are those of training alone"),
    ] = "epoch"
    points: Annotated[
        int,
        Query(
            ge=MIN_POINTS,
            le=1000,
            description="most points of a curve; fewer where the jobs together would have over 200,000",
        ),
    ] = 200


@router.get(
    "/curves",
    summary="Show curves",
    response_model=CurveList,
    responses={
        304: {"description": "No epoch has ended since the answer that the client has"},
        **refusals(404, 410, 422),
    },
)
def show_curves(
    comparison_id: Id,
    session: ReadSession,
    options: Annotated[CurveOptions, Depends()],
    conditions: Conditions,
) -> Response:
    """A metric by epoch or seconds: each architecture's mean, its spread, and every job. Carries an ETag.

    Of a curve with more than `points` epochs those are left out that change its shape least, judged by the
    mean (largest triangle three buckets); a job's metrics have every epoch.
    """
    comparison = comparisons.get(session, comparison_id)
    jobs = comparisons.jobs_without_results(session, comparison)
    state = [(job.id, job.epoch, job.token) for job in jobs]
    key = cache_key("curves", options, comparison.id, state)
    return respond_conditionally(
        key,
        conditions,
        lambda: Response(
            _curves(session, comparison, jobs, options).model_dump_json(),
            media_type="application/json",
        ),
    )


def _curves(
    session: Session, comparison: Comparison, jobs: Sequence[Job], options: CurveOptions
) -> CurveList:
    by_label: dict[str, list[Job]] = {entry["label"]: [] for entry in comparison.architectures}
    for job in jobs:
        if job.epoch:
            by_label[label_of(comparison.architectures, job)].append(job)
    trained = {label: found for label, found in by_label.items() if found}
    known = _names(session, trained.values())
    if known and options.metric not in known:
        raise UnknownNameError("metric", options.metric, known)
    measured = _measure(session, [job for found in trained.values() for job in found], options)
    points = points_for(options.points, len(measured))
    return CurveList(
        metric=options.metric,
        by=options.by,
        metrics=known,
        items=[
            architecture_curve(label, [measured[job.id] for job in found], points=points)
            for label, found in trained.items()
        ],
    )


def _names(session: Session, trained: Iterable[Sequence[Job]]) -> list[str]:
    """The metrics of the first job of each architecture; its other jobs have the same."""
    names = metrics.names(session, [jobs[0].id for jobs in trained])
    return sorted({name for of_job in names.values() for name in of_job})


def _measure(
    session: Session, jobs: Sequence[Job], options: CurveOptions
) -> dict[str, MeasuredJob]:
    """Job id → its metric, and the seconds of its epochs where the curve is by seconds."""
    num_epochs = max((job.epoch for job in jobs), default=0)
    wanted = {options.metric} | ({SECONDS} if options.by == SECONDS else set())
    found = metrics.values(session, [job.id for job in jobs], wanted, num_epochs=num_epochs)
    missing = [None] * num_epochs

    def values(job: Job, name: str) -> NDArray[np.float64]:
        return np.array(found.get((job.id, name), missing), dtype=np.float64)

    return {
        job.id: MeasuredJob(
            job.id,
            job.seed,
            job.fold,
            values(job, options.metric),
            values(job, SECONDS) if options.by == SECONDS else None,
        )
        for job in jobs
    }
