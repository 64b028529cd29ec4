"""Which existing jobs may be compared: those that differ in architecture and seed, and in nothing else."""

from collections.abc import Sequence
from typing import Any

from workers.errors import BakeoffError
from workers.queue.jobs import Job, JobKind, JobStateError, JobStatus

LONGEST_LABEL = 60


class IncomparableJobsError(BakeoffError):
    """Between these jobs more differs than architecture and seed."""


def refuse_incomparable(jobs: Sequence[Job], current_sha256: str | None) -> None:
    """Raise IncomparableJobsError unless all train on the same data with the same recipe, each once.

    A job that has not ended yet will train on the dataset as it is now, of which `current_sha256` is
    the content; None where it is not there. JobStateError where a job has failed or was cancelled.
    """
    for job in jobs:
        if job.kind != JobKind.TRAIN:
            raise IncomparableJobsError(
                f"job '{job.id}' trains nothing; only trainings are compared"
            )
        if job.status in {JobStatus.FAILED, JobStatus.CANCELLED}:
            raise JobStateError(
                f"job '{job.id}' has {_ended(job)}; retry it first, or leave it out"
            )
    first, *others = jobs
    for job in others:
        _refuse_different(first, job)
    _refuse_other_content(jobs, current_sha256)
    _refuse_twice(jobs)


def entries(jobs: Sequence[Job]) -> list[dict[str, Any]]:
    """The architectures of some jobs, in their order, each with a label of its own.

    That is the name; where there are several of that name, with the options in which they differ.
    """
    found: list[dict[str, Any]] = []
    for job in jobs:
        entry = {"name": job.architecture, "options": job.options}
        if entry not in found:
            found.append(entry)
    labels = [_label(entry, found) for entry in found]
    if any(len(label) > LONGEST_LABEL for label in labels):
        labels = [f"{entry['name']} {place}" for place, entry in enumerate(found, start=1)]
    return [{**entry, "label": label} for entry, label in zip(found, labels, strict=True)]


def _ended(job: Job) -> str:
    return "failed" if job.status == JobStatus.FAILED else "been cancelled"


def _refuse_different(first: Job, other: Job) -> None:
    if other.dataset != first.dataset:
        raise IncomparableJobsError(
            f"job '{first.id}' trains on {first.dataset} and job '{other.id}' on {other.dataset};"
            " only trainings on the same dataset are compared"
        )
    if other.recipe_hash != first.recipe_hash:
        ours, theirs = first.recipe or {}, other.recipe or {}
        names = [name for name in {**ours, **theirs} if ours.get(name) != theirs.get(name)]
        differ = ", ".join(f"{name} {ours.get(name)} and {theirs.get(name)}" for name in names)
        raise IncomparableJobsError(
            f"the recipes of job '{first.id}' and job '{other.id}' differ ({differ});"
            " only trainings with the same recipe are compared"
        )


def _refuse_other_content(jobs: Sequence[Job], current_sha256: str | None) -> None:
    known: dict[str, Job] = {}
    for job in jobs:
        content = job.result["dataset_sha256"] if job.result else current_sha256
        if content is not None:
            known.setdefault(content, job)
    if len(known) > 1:
        first, other, *_ = known.values()
        raise IncomparableJobsError(
            f"dataset {first.dataset} was replaced between job '{first.id}' and job '{other.id}':"
            " their images and splits differ; only trainings on the same split are compared"
        )


def _refuse_twice(jobs: Sequence[Job]) -> None:
    for place, job in enumerate(jobs):
        for other in jobs[:place]:
            ours, theirs = ((one.architecture, one.options, one.seed) for one in (job, other))
            if ours == theirs:
                raise IncomparableJobsError(
                    f"job '{other.id}' and job '{job.id}' train the same architecture with the same"
                    f" options and seed ({job.architecture}, seed {job.seed}); each is compared once"
                )


def _label(entry: dict[str, Any], found: Sequence[dict[str, Any]]) -> str:
    options = entry["options"]
    others = [one["options"] for one in found if one["name"] == entry["name"]]
    differing = [
        f"{name} {value}"
        for name, value in options.items()
        if any(other.get(name) != value for other in others)
    ]
    return ", ".join([entry["name"], *differing])
