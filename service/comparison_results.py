"""From rows of the database to the plain data that leaderboard, charts and report are made from."""

from sqlalchemy.orm import Session

from service.analysis.results import ComparisonResults, Entry, Run
from service.kept_predictions import KeptPredictions
from workers import comparisons, jobs, metrics
from workers.artifacts import ArtifactStore
from workers.comparisons import Comparison
from workers.jobs import Job


def comparison_results(
    session: Session, artifacts: ArtifactStore, comparison_id: str
) -> ComparisonResults:
    """Everything known of a comparison; ComparisonNotFoundError. Predictions are read when needed."""
    comparison = comparisons.get(session, comparison_id)
    of_it = jobs.of_comparison(session, comparison.id)
    by_job = metrics.of_jobs(session, [job.id for job in of_it])
    return ComparisonResults(
        id=comparison.id,
        name=comparison.name,
        dataset=comparison.dataset,
        recipe=comparison.recipe,
        recipe_hash=comparison.recipe_hash,
        seeds=tuple(comparison.seeds),
        entries=tuple(Entry(**entry) for entry in comparison.architectures),
        runs=tuple(_run(comparison, job, by_job[job.id]) for job in of_it),
        predictions=KeptPredictions(artifacts, of_it),
    )


def label_of(comparison: Comparison, job: Job) -> str:
    """The label a comparison gives the architecture of one of its jobs."""
    return next(
        str(entry["label"])
        for entry in comparison.architectures
        if entry["name"] == job.architecture and entry["options"] == job.options
    )


def _run(comparison: Comparison, job: Job, by_epoch: dict[int, dict[str, float | None]]) -> Run:
    names = dict.fromkeys(name for values in by_epoch.values() for name in values)
    return Run(
        job_id=job.id,
        architecture=label_of(comparison, job),
        seed=job.seed,
        status=str(job.status),
        model_id=(job.result or {}).get("model_id"),
        epochs={name: [values.get(name) for values in by_epoch.values()] for name in names},
        result=job.result,
    )
