"""The numbers of every epoch: (job, epoch, name) → value. A new metric needs no migration."""

import math
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from workers.storage.tables import Metric


def replace_non_finite(values: Mapping[str, float]) -> dict[str, float | None]:
    """The same numbers, with None for those that are not finite, which SQL and JSON cannot hold."""
    return {name: value if math.isfinite(value) else None for name, value in values.items()}


def record(
    session: Session, job_id: str, epoch: int, values: Mapping[str, float | None], *, token: int
) -> None:
    """Keep the metrics of an epoch; a second time for the same epoch is an integrity error."""
    session.add_all(
        Metric(
            job_id=job_id,
            epoch=epoch,
            name=name,
            value=value,
            token=token,
        )
        for name, value in values.items()
    )


def of_jobs(session: Session, job_ids: list[str]) -> dict[str, dict[int, dict[str, float | None]]]:
    """The metrics of some jobs: job → epoch → name → value, epochs in order."""
    query = select(Metric.job_id, Metric.epoch, Metric.name, Metric.value)
    found: dict[str, dict[int, dict[str, float | None]]] = {job_id: {} for job_id in job_ids}
    rows = session.execute(query.where(Metric.job_id.in_(job_ids)).order_by(Metric.epoch))
    for job_id, epoch, name, value in rows:
        found[job_id].setdefault(epoch, {})[name] = value
    return found


def names(session: Session, job_ids: Sequence[str]) -> dict[str, list[str]]:
    """Job → the names of its metrics, for the jobs that have trained an epoch."""
    found: dict[str, list[str]] = {}
    query = select(Metric.job_id, Metric.name).where(Metric.job_id.in_(job_ids), Metric.epoch == 1)
    for job_id, name in session.execute(query.order_by(Metric.name)):
        found.setdefault(job_id, []).append(name)
    return found


def curves(
    session: Session, job_ids: Sequence[str], prefix: str
) -> dict[tuple[str, str], list[float | None]]:
    """(job, name) → value after each epoch, of the metrics named `prefix`/…; "": of those without one."""
    has_prefix = Metric.name.like(f"{prefix}/%") if prefix else Metric.name.not_like("%/%")
    query = select(Metric.job_id, Metric.name, Metric.value).where(
        Metric.job_id.in_(job_ids), has_prefix
    )
    found: dict[tuple[str, str], list[float | None]] = {}
    for job_id, name, value in session.execute(query.order_by(Metric.epoch)):
        found.setdefault((job_id, name), []).append(value)
    return found


def values(
    session: Session, job_ids: Sequence[str], wanted: Collection[str], *, num_epochs: int
) -> dict[tuple[str, str], list[float | None]]:
    """(job, name) → value after each of `num_epochs`, None where there is none, of metrics by name.

    Epochs are listed, so that the database finds each row by its whole key; by job and name alone it would
    read every metric of every layer.
    """
    found: dict[tuple[str, str], list[float | None]] = {}
    query = select(Metric.job_id, Metric.name, Metric.epoch, Metric.value).where(
        Metric.job_id.in_(job_ids),
        Metric.epoch.in_(range(1, num_epochs + 1)),
        Metric.name.in_(wanted),
    )
    for job_id, name, epoch, value in session.execute(query):
        found.setdefault((job_id, name), [None] * num_epochs)[epoch - 1] = value
    return found
