"""Comparisons of existing jobs, whatever request made them; no job is enqueued for them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from workers.queue import jobs
from workers.queue.comparable import IncomparableJobsError, refuse_incomparable
from workers.queue.comparisons import default_name
from workers.queue.jobs import JobNotFoundError
from workers.queue.pretrained import bind_alike
from workers.storage import labels, ready_datasets
from workers.storage.deletions import DeletedError, lock_records
from workers.storage.ids import new_id
from workers.storage.tables import Comparison, ComparisonJob, Job

MAX_LABEL_LENGTH = 60


def compare(
    session: Session,
    job_ids: Sequence[str],
    *,
    name: str = "",
    now: datetime,
) -> tuple[Comparison, list[Job]]:
    """Add a comparison of existing jobs. Those that have yet to find weights start from those of the others.

    Raises IncomparableJobsError where a job is not there, or more than architecture, seed and fold
    differs, JobStateError where a job has ended without a result.
    """
    lock_records(session)
    try:
        found = jobs.get_all(session, job_ids)
    except (JobNotFoundError, DeletedError) as error:
        raise IncomparableJobsError(str(error)) from None
    dataset = found[0].dataset
    refuse_incomparable(found, ready_datasets.identities(session, {dataset}).get(dataset))
    bind_alike(session, found)
    comparison = _comparison(found, name, now)
    labels.update_search_text(comparison)
    session.add(comparison)
    session.flush()  # before the rows that refer to it
    session.add_all(ComparisonJob(comparison_id=comparison.id, job_id=job.id) for job in found)
    session.flush()
    return comparison, sorted(found, key=lambda job: (job.created_at, job.id))


def _comparison(jobs: Sequence[Job], name: str, now: datetime) -> Comparison:
    first = jobs[0]
    architectures = labelled_architectures(jobs)
    return Comparison(
        id=new_id(),
        created_at=now,
        name=name or default_name(first.dataset, architectures),
        dataset=first.dataset,
        architectures=architectures,
        recipe=first.recipe,
        recipe_hash=first.recipe_hash,
        seeds=list(dict.fromkeys(job.seed for job in jobs)),
        folds=first.folds,
    )


def labelled_architectures(jobs: Sequence[Job]) -> list[dict[str, Any]]:
    """The architectures of some jobs, in their order, each with a label of its own.

    The label is the name; where several have that name, with the options in which they differ.
    """
    architectures: list[dict[str, Any]] = []
    for job in jobs:
        architecture = {"name": job.architecture, "options": job.options}
        if architecture not in architectures:
            architectures.append(architecture)
    labels = [_label(architecture, architectures) for architecture in architectures]
    if any(len(label) > MAX_LABEL_LENGTH for label in labels):
        labels = [
            f"{architecture['name']} {number}"
            for number, architecture in enumerate(architectures, start=1)
        ]
    return [
        {**architecture, "label": label}
        for architecture, label in zip(architectures, labels, strict=True)
    ]


def _label(architecture: dict[str, Any], architectures: Sequence[dict[str, Any]]) -> str:
    name = architecture["name"]
    namesakes = [other["options"] for other in architectures if other["name"] == name]
    differing = [
        f"{option} {value}"
        for option, value in architecture["options"].items()
        if any(other.get(option) != value for other in namesakes)
    ]
    return ", ".join([name, *differing])
