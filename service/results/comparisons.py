"""Read a comparison, a job or a model as the plain data that analysis, charts and reports take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from models import UnknownNameError
from service.analysis.results import (
    ComparisonResults,
    DatasetChecks,
    LabelledArchitecture,
    Run,
    TestImages,
    no_checks,
    no_images,
)
from service.results.stored_checks import StoredChecks
from service.results.stored_images import StoredImages
from service.results.stored_metrics import StoredMetrics
from service.results.stored_predictions import StoredPredictions
from workers.datasets.stored.store import DatasetStore
from workers.queue import comparisons, jobs
from workers.queue.comparable import identity_of
from workers.queue.jobs import JobStateError
from workers.storage import trained_models
from workers.storage.artifacts import ArtifactStore
from workers.storage.kind_names import LATENCY, TRAIN
from workers.storage.tables import Comparison, Job, Model


@dataclass(frozen=True)
class ResultsReader:
    """Reads results in one session; metrics, predictions and images are read when a chart needs them."""

    session: Session
    artifacts: ArtifactStore
    datasets: DatasetStore

    def comparison(self, comparison_id: str) -> ComparisonResults:
        """Everything known of a comparison; ComparisonNotFoundError."""
        comparison = comparisons.get(self.session, comparison_id)
        return self.of_comparison(comparison, comparisons.jobs_of(self.session, comparison))

    def of_comparison(
        self, comparison: Comparison, jobs_compared: Sequence[Job]
    ) -> ComparisonResults:
        """The same for a comparison whose row and jobs have been read already."""
        return self._results(
            jobs_compared,
            id=comparison.id,
            name=comparison.name,
            dataset=comparison.dataset,
            recipe=comparison.recipe,
            recipe_hash=comparison.recipe_hash,
            seeds=tuple(comparison.seeds),
            folds=comparison.folds,
            architectures=comparison.architectures,
        )

    def job(self, job_id: str) -> ComparisonResults:
        """A training as a comparison of one; JobNotFoundError, JobStateError for another kind of job."""
        job = jobs.get(self.session, job_id)
        if job.kind != TRAIN:
            raise JobStateError(f"job '{job.id}' trains nothing; only a training has charts")
        name = str(job.architecture)
        return self._results(
            [job],
            id=job.id,
            name=f"{name} on {job.dataset}",
            dataset=job.dataset,
            recipe=job.recipe or {},
            recipe_hash=str(job.recipe_hash),
            seeds=(job.seed,),
            folds=None,
            architectures=[{"name": name, "label": name, "options": job.options}],
        )

    def model(self, model_id: str) -> ComparisonResults:
        """The training a model came from, as a comparison of one.

        ModelNotFoundError, JobStateError for a model that was quantised.
        """
        model = trained_models.get(self.session, model_id)
        if model.quantised_from:
            raise JobStateError(
                f"model '{model.id}' was quantised, not trained; model '{model.quantised_from}', which it"
                " was made from, has charts"
            )
        return self.job(model.job_id)

    def training_of(self, model: Model) -> ComparisonResults:
        """The training behind a model, as a comparison of one: of a quantised model, that of its original."""
        trained = trained_models.get(self.session, model.quantised_from or model.id)
        return self.job(trained.job_id)

    def quantisation_of(self, model: Model) -> dict[str, Any] | None:
        """What the job measured that quantised a model; None for a trained one."""
        return jobs.get(self.session, model.job_id).result if model.quantised_from else None

    def _results(
        self,
        jobs_compared: Sequence[Job],
        architectures: Sequence[dict[str, Any]],
        **description: Any,
    ) -> ComparisonResults:
        metrics = StoredMetrics(self.session, [job.id for job in jobs_compared])
        latency = _latency(self.session, jobs_compared)
        return ComparisonResults(
            **description,
            labelled_architectures=tuple(
                LabelledArchitecture(**fields) for fields in architectures
            ),
            runs=tuple(
                _run(job, label_of(architectures, job), metrics.of(job.id), latency.get(job.id))
                for job in jobs_compared
            ),
            predictions=StoredPredictions(self.artifacts, jobs_compared),
            test_images=_images(self.datasets, jobs_compared, description["folds"]),
            dataset_checks=_checks(self.session, jobs_compared),
        )


def label_of(architectures: Sequence[dict[str, Any]], job: Job) -> str:
    """The label that a comparison of these architectures gives the one that a job trains."""
    return next(
        str(architecture["label"])
        for architecture in architectures
        if architecture["name"] == job.architecture and architecture["options"] == job.options
    )


def require_label(results: ComparisonResults, label: str) -> None:
    """UnknownNameError where a comparison has no architecture of this label."""
    if label not in results.architectures:
        raise UnknownNameError("architecture", label, list(results.architectures))


def _images(datasets: DatasetStore, jobs_compared: Sequence[Job], folds: int | None) -> TestImages:
    """Of all folds of a comparison, or of the fold of a single job."""
    for job in jobs_compared:
        if job.result:
            fold = job.fold if folds is None else None
            return StoredImages(datasets, identity_of(job), job.dataset, job.folds, fold)
    return no_images


def _checks(session: Session, jobs_compared: Sequence[Job]) -> DatasetChecks:
    for job in jobs_compared:
        if job.result:
            return StoredChecks(session, identity_of(job), job.dataset)
    return no_checks


def _latency(session: Session, jobs_compared: Sequence[Job]) -> dict[str, dict[str, Any]]:
    """Job id → the newest latency table of the model it made."""
    models = {job.id: job.result["model_id"] for job in jobs_compared if job.result}
    if not models:
        return {}
    measured = jobs.last_succeeded_by_model(session, LATENCY, set(models.values()))
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
        fold=job.fold,
        status=str(job.status),
        model_id=(job.result or {}).get("model_id"),
        num_epochs=job.epoch,
        epochs=epochs,
        result=job.result,
        latency=latency,
    )
