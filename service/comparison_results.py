"""From rows of the database to the plain data that leaderboard, charts and report are made from."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from fastapi import Depends
from sqlalchemy.orm import Session

from service.analysis.results import ComparisonResults, Entry, Run, TestImages, no_images
from service.dependencies import Artifacts, CurrentSettings, Id, ReadSession
from service.kept_images import KeptImages
from service.kept_metrics import KeptMetrics
from service.kept_predictions import KeptPredictions
from workers import comparisons, jobs, model_store
from workers.artifacts import ArtifactStore
from workers.jobs import Job, JobKind, JobStateError


class Kept(NamedTuple):
    """Where predictions and images lie; they are read when they are needed."""

    artifacts: ArtifactStore
    datasets_folder: Path


def _kept(artifacts: Artifacts, settings: CurrentSettings) -> Kept:
    return Kept(artifacts, settings.datasets_folder)


KeptData = Annotated[Kept, Depends(_kept)]


def comparison_results(session: Session, kept: Kept, comparison_id: str) -> ComparisonResults:
    """Everything known of a comparison; ComparisonNotFoundError."""
    comparison = comparisons.get(session, comparison_id)
    of_it = comparisons.jobs_of(session, comparison)
    return _results(
        session,
        kept,
        of_it,
        id=comparison.id,
        name=comparison.name,
        dataset=comparison.dataset,
        recipe=comparison.recipe,
        recipe_hash=comparison.recipe_hash,
        seeds=tuple(comparison.seeds),
        entries=tuple(Entry(**entry) for entry in comparison.architectures),
    )


def job_results(session: Session, kept: Kept, job_id: str) -> ComparisonResults:
    """A training as a comparison of one; JobNotFoundError, or JobStateError where it trains nothing."""
    job = jobs.get(session, job_id)
    if job.kind != JobKind.TRAIN:
        raise JobStateError(f"job '{job.id}' trains nothing; only a training has charts")
    name = str(job.architecture)
    return _results(
        session,
        kept,
        [job],
        id=job.id,
        name=f"{name} on {job.dataset}",
        dataset=job.dataset,
        recipe=job.recipe or {},
        recipe_hash=str(job.recipe_hash),
        seeds=(job.seed,),
        entries=(Entry(name, name, job.options),),
    )


def model_results(session: Session, kept: Kept, model_id: str) -> ComparisonResults:
    """The training a model came from, as a comparison of one; ModelNotFoundError."""
    return job_results(session, kept, model_store.get(session, model_id).job_id)


def _of_comparison(session: ReadSession, kept: KeptData, comparison_id: Id) -> ComparisonResults:
    return comparison_results(session, kept, comparison_id)


def _of_job(session: ReadSession, kept: KeptData, job_id: Id) -> ComparisonResults:
    return job_results(session, kept, job_id)


def _of_model(session: ReadSession, kept: KeptData, model_id: Id) -> ComparisonResults:
    return model_results(session, kept, model_id)


#: What a route asks for whose address names a comparison, a job or a model.
Results = Annotated[ComparisonResults, Depends(_of_comparison)]
JobResults = Annotated[ComparisonResults, Depends(_of_job)]
ModelResults = Annotated[ComparisonResults, Depends(_of_model)]


def _results(session: Session, kept: Kept, of_it: list[Job], **what: Any) -> ComparisonResults:
    kept_metrics = KeptMetrics(session, [job.id for job in of_it])
    latency = _latency(session, of_it)
    return ComparisonResults(
        **what,
        runs=tuple(
            _run(job, _label(what["entries"], job), kept_metrics.of(job.id), latency.get(job.id))
            for job in of_it
        ),
        predictions=KeptPredictions(kept.artifacts, of_it),
        test_images=_images(kept, of_it),
    )


def _label(entries: Any, job: Job) -> str:
    return next(
        str(entry.label)
        for entry in entries
        if entry.name == job.architecture and entry.options == job.options
    )


def _images(kept: Kept, of_it: list[Job]) -> TestImages:
    for job in of_it:
        if job.result:
            return KeptImages(kept.datasets_folder, job.dataset, job.result["dataset_sha256"])
    return no_images


def _latency(session: Session, of_it: list[Job]) -> dict[str, dict[str, Any]]:
    """Job id → the newest table that was measured of the model it made."""
    models = {job.id: job.result["model_id"] for job in of_it if job.result}
    measured = jobs.newest_latency(session, set(models.values()))
    return {
        job_id: {**(measured[model_id].result or {}), "job_id": measured[model_id].id}
        for job_id, model_id in models.items()
        if model_id in measured
    }


def _run(
    job: Job,
    label: str,
    epochs: Mapping[str, list[float | None]],
    latency: dict[str, Any] | None,
) -> Run:
    return Run(
        job_id=job.id,
        architecture=label,
        seed=job.seed,
        status=str(job.status),
        model_id=(job.result or {}).get("model_id"),
        num_epochs=job.epoch,
        epochs=epochs,
        result=job.result,
        latency=latency,
    )
