"""Jobs that wait for another: a head is trained on the features that a job before it has computed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workers.queue import jobs
from workers.queue.jobs import JobRequest
from workers.queue.pretrained import bound_beside
from workers.storage.kind_names import FEATURES
from workers.storage.ready_datasets import DatasetIdentity
from workers.storage.tables import UNFINISHED, Job, JobStatus

#: The options of a backbone on which its features depend.
FEATURE_OPTIONS = ("pretrained", "resolution")


def trains_head(options: Mapping[str, Any]) -> bool:
    """Whether the options of a training say that the head of its network is trained alone."""
    return options.get("train") == "head"


def enqueue_trainings(
    session: Session, requests: Sequence[JobRequest], *, now: datetime
) -> list[Job]:
    """Add trainings to the queue, each head behind a job for its features; returns the trainings.

    Heads on the same features wait for the same job, which may be in the queue already.
    """
    needed = [
        _features_of(request, pins_dataset=request.pins_dataset)
        if trains_head(request.options)
        else None
        for request in requests
    ]
    distinct: list[JobRequest] = []
    for features in needed:
        if features and features not in distinct:
            distinct.append(features)
    ids = [
        _find_or_enqueue(session, features, now + timedelta(microseconds=place))
        for place, features in enumerate(distinct)
    ]
    waiting = [
        replace(request, depends_on=ids[distinct.index(features)]) if features else request
        for request, features in zip(requests, needed, strict=True)
    ]
    return jobs.enqueue_all(session, waiting, now=now + timedelta(microseconds=len(distinct)))


def cancel(session: Session, job_id: str, *, now: datetime) -> Job:
    """Cancel a job as `jobs.cancel()` does, and the job it waits for where no other waits for that."""
    job = jobs.cancel(session, job_id, now=now)
    if job.depends_on is None:
        return job
    waiting = select(Job.id).where(Job.depends_on == job.depends_on, Job.status == JobStatus.QUEUED)
    awaited = session.get(Job, job.depends_on)
    is_needed = session.scalar(waiting.limit(1)) is not None
    if awaited and awaited.status in UNFINISHED and not is_needed:
        jobs.cancel(session, awaited.id, now=now)
    return job


def retry(session: Session, job_id: str, *, now: datetime) -> Job:
    """Queue a job again as `jobs.retry()` does; a head behind a job for its features, if they lack.

    Before its first epoch it starts from the weights of the trainings that it is compared with, or looks
    for them again, since they may have been corrected.
    """
    job = jobs.retry(session, job_id, now=now)
    if job.pretrained and job.epoch == 0:
        job.pretrained = bound_beside(session, job)
    if not trains_head(job.options):
        return job
    awaited = session.get(Job, job.depends_on) if job.depends_on else None
    ended = {JobStatus.FAILED, JobStatus.CANCELLED}
    if awaited is None or awaited.deleted_at is not None or awaited.status in ended:
        sha256, split = job.dataset_sha256, str(job.dataset_split)
        identity = DatasetIdentity(sha256, split) if sha256 else None
        job.depends_on = _find_or_enqueue(session, _features_of(job, identity=identity), now)
    return job


def _find_or_enqueue(session: Session, request: JobRequest, now: datetime) -> str:
    """The id of a job for these features that has not ended, or of a new one.

    While such a job has not ended, its dataset stays as it is.
    """
    unfinished = select(Job).where(
        Job.kind == FEATURES,
        Job.dataset == request.dataset,
        Job.architecture == request.architecture,
        Job.status.in_(UNFINISHED),
        ~Job.cancel_requested,
        Job.priority >= request.priority,
    )
    for job in session.scalars(unfinished.order_by(Job.created_at)):
        other_weights = request.pretrained and request.pretrained != job.pretrained
        if job.options == request.options and not other_weights:
            return job.id
    return jobs.enqueue(session, request, now=now).id


def _features_of(training: JobRequest | Job, **pinned: Any) -> JobRequest:
    """A job for the features that a training needs, of the content that `pinned` says."""
    return JobRequest(
        kind=FEATURES,
        dataset=training.dataset,
        architecture=training.architecture,
        options={name: training.options[name] for name in FEATURE_OPTIONS},
        priority=training.priority,
        pretrained=training.pretrained,
        **pinned,
    )
