"""Jobs that check a dataset: enqueued when it is ready, and found by what it stands for now."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workers.queue import jobs
from workers.queue.comparable import identity_of
from workers.queue.jobs import JobRequest
from workers.storage.kind_names import CHECKS, TRAIN
from workers.storage.ready_datasets import DatasetIdentity
from workers.storage.tables import Job, JobStatus

MAX_TRAININGS = 50  # whose predictions are used, the newest
MAX_OF_FOLDS = 200  # which have predictions of a part of the images each


def enqueue_checks(session: Session, dataset: str, *, now: datetime) -> Job:
    """Enqueue checking a dataset, beside trainings; a job that waits already is returned.

    The job checks what the name stands for when it starts, so that it keeps nobody from replacing it.
    """
    waiting = select(Job).where(
        Job.dataset == dataset, Job.kind == CHECKS, Job.status == JobStatus.QUEUED
    )
    job = session.scalars(waiting.order_by(Job.created_at, Job.id).limit(1)).one_or_none()
    return job or jobs.enqueue(session, JobRequest(CHECKS, dataset, background=True), now=now)


def newest_checks(session: Session, dataset: str, identity: DatasetIdentity) -> Job | None:
    """The job that has checked this content of a dataset last; None where none has."""
    query = select(Job).where(
        Job.dataset == dataset,
        Job.kind == CHECKS,
        Job.status == JobStatus.SUCCEEDED,
        Job.dataset_sha256 == identity.sha256,
        Job.dataset_split == identity.split,
        Job.deleted_at.is_(None),
    )
    return session.scalars(query.order_by(Job.finished_at.desc(), Job.id.desc()).limit(1)).first()


def trainings(session: Session, dataset: str, identity: DatasetIdentity) -> list[Job]:
    """The newest trainings on this content that have succeeded, and whose predictions are used.

    Where a network has been tested on all its folds: the trainings of that network, and of others with
    as many folds. Else those on the dataset's own splits.
    """
    query = (
        select(Job)
        .where(
            Job.dataset == dataset,
            Job.kind == TRAIN,
            Job.status == JobStatus.SUCCEEDED,
            Job.deleted_at.is_(None),
        )
        .order_by(Job.finished_at.desc())
    )
    with_folds = query.where(Job.folds.is_not(None)).limit(MAX_OF_FOLDS)
    own_splits = query.where(Job.folds.is_(None)).limit(MAX_TRAININGS)
    crossed, plain = (
        [job for job in session.scalars(newest) if identity_of(job) == identity]
        for newest in (with_folds, own_splits)
    )
    return select_cross_validated(crossed) or plain


def select_cross_validated(newest_first: Sequence[Job]) -> list[Job]:
    """Those trainings whose network each fold has tested, with as many folds as the newest of them."""
    trained: dict[tuple[object, ...], list[Job]] = {}
    for job in newest_first:
        options = json.dumps(job.options, sort_keys=True)
        key = (job.folds, job.architecture, options, job.recipe_hash, job.seed)
        trained.setdefault(key, []).append(job)
    complete = [
        network
        for network in trained.values()
        if len({job.fold for job in network}) == network[0].folds
    ]
    return [job for network in complete for job in network if job.folds == complete[0][0].folds]
