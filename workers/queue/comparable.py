"""Which jobs may be compared: trainings that differ in architecture, seed and fold, and in nothing else."""

from collections.abc import Sequence

from workers.errors import BakeoffError
from workers.queue.jobs import JobStateError
from workers.storage.kind_names import TRAIN
from workers.storage.ready_datasets import RANDOM_VALIDATION, DatasetIdentity
from workers.storage.tables import Job, JobStatus


class IncomparableJobsError(BakeoffError):
    """Between these jobs more differs than architecture, seed and fold."""


def identity_of(job: Job) -> DatasetIdentity | None:
    """Content and split that a job has trained on, or will; None where it is not known yet."""
    sha256 = job.dataset_sha256 or (job.result or {}).get("dataset_sha256")
    return DatasetIdentity(sha256, job.dataset_split or RANDOM_VALIDATION) if sha256 else None


def refuse_incomparable(jobs: Sequence[Job], current: DatasetIdentity | None) -> None:
    """Raise IncomparableJobsError unless all train on the same data with the same recipe, each once.

    A job that does not know its data yet will train on the dataset as it is now, which is `current`;
    None where it is not there. JobStateError where a job has failed or was cancelled.
    """
    for job in jobs:
        if job.kind != TRAIN:
            raise IncomparableJobsError(
                f"job '{job.id}' trains nothing; only trainings are compared"
            )
        if job.status in {JobStatus.FAILED, JobStatus.CANCELLED}:
            how = "failed" if job.status == JobStatus.FAILED else "been cancelled"
            raise JobStateError(f"job '{job.id}' has {how}; retry it first, or leave it out")
    first, *others = jobs
    for job in others:
        _refuse_other_dataset(first, job)
        _refuse_other_recipe(first, job)
        _refuse_other_folds(first, job)
    _refuse_other_content(jobs, current)
    _refuse_other_weights(jobs)
    _refuse_duplicates(jobs)


def _refuse_other_dataset(first: Job, other: Job) -> None:
    if other.dataset != first.dataset:
        raise IncomparableJobsError(
            f"job '{first.id}' trains on {first.dataset} and job '{other.id}' on {other.dataset};"
            " only trainings on the same dataset are compared"
        )


def _refuse_other_recipe(first: Job, other: Job) -> None:
    if other.recipe_hash == first.recipe_hash:
        return
    ours, theirs = first.recipe or {}, other.recipe or {}
    names = [name for name in {**ours, **theirs} if ours.get(name) != theirs.get(name)]
    default = "its default"  # what a stored recipe lacks; see docs/decisions/0017
    differ = ", ".join(
        f"{name} {ours.get(name, default)} and {theirs.get(name, default)}" for name in names
    )
    raise IncomparableJobsError(
        f"the recipes of job '{first.id}' and job '{other.id}' differ ({differ});"
        " only trainings with the same recipe are compared"
    )


def _refuse_other_folds(first: Job, other: Job) -> None:
    if other.folds != first.folds:
        tested_on = [
            f"one of {job.folds} folds" if job.folds else "the test split" for job in (first, other)
        ]
        raise IncomparableJobsError(
            f"job '{first.id}' is tested on {tested_on[0]} and job '{other.id}' on {tested_on[1]};"
            " only trainings with the same number of folds, or all without, are compared"
        )


def _refuse_other_content(jobs: Sequence[Job], current: DatasetIdentity | None) -> None:
    job_of_content: dict[DatasetIdentity, Job] = {}
    for job in jobs:
        content = identity_of(job) or current
        if content is not None:
            job_of_content.setdefault(content, job)
    if len(job_of_content) > 1:
        first, other, *_ = job_of_content.values()
        raise IncomparableJobsError(
            f"dataset {first.dataset} was replaced between job '{first.id}' and job '{other.id}':"
            " their images and splits differ; only trainings on the same split are compared"
        )


def _refuse_other_weights(jobs: Sequence[Job]) -> None:
    """Trainings of the same network must have started from the same file of pretrained weights."""
    for index, job in enumerate(jobs):
        for other in jobs[:index]:
            same_network = (job.architecture, job.options) == (other.architecture, other.options)
            ours, theirs = job.pretrained or {}, other.pretrained or {}
            if same_network and ours and theirs and ours["sha256"] != theirs["sha256"]:
                raise IncomparableJobsError(
                    f"the weights of {job.architecture} were replaced between job '{other.id}' and job"
                    f" '{job.id}'; only trainings that started from the same weights are compared"
                )


def _refuse_duplicates(jobs: Sequence[Job]) -> None:
    for index, job in enumerate(jobs):
        for other in jobs[:index]:
            same_network = (job.architecture, job.options) == (other.architecture, other.options)
            if same_network and (job.seed, job.fold) == (other.seed, other.fold):
                same = "options, seed and fold" if job.fold else "options and seed"
                fold = f", fold {job.fold}" if job.fold else ""
                raise IncomparableJobsError(
                    f"job '{other.id}' and job '{job.id}' train the same architecture with the same"
                    f" {same} ({job.architecture}, seed {job.seed}{fold}); each is compared once"
                )
