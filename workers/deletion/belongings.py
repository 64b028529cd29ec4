"""What goes with a job, a comparison or a model when that is deleted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from workers.storage.deletions import Record
from workers.storage.tables import Comparison, ComparisonJob, Job, Model


@dataclass(frozen=True)
class Belongings:
    """The ids of the rows that go together."""

    comparisons: Sequence[str] = ()
    jobs: Sequence[str] = ()
    models: Sequence[str] = ()
    #: Trainings that stay, though their models go.
    trainings: Sequence[str] = ()

    def rows(self) -> Iterator[tuple[type[Record], Sequence[str]]]:
        """Table and ids, of each table."""
        yield from ((Comparison, self.comparisons), (Job, self.jobs), (Model, self.models))

    def artifacts(self) -> list[str]:
        """The folders of the artifact store that hold nothing else."""
        return [
            *(f"models/{model_id}" for model_id in self.models),
            *(
                f"{folder}/{job_id}"
                for job_id in self.jobs
                for folder in ("predictions", "checkpoints")
            ),
        ]


def belongings_of(session: Session, record: Record) -> Belongings:
    """What goes with a row.

    With a comparison go the jobs that it made, but for those that another comparison compares; with
    a job its model; with a model the jobs that measured or quantised it, and with an int8 model the
    job that made it. A training stays without its model.
    """
    if isinstance(record, Comparison):
        jobs = _made_by(session, record)
        return _with_models(session, jobs, comparisons=[record.id])
    if isinstance(record, Job):
        return _with_models(session, [record.id])
    if record.quantised_from:
        return _with_models(session, [record.job_id])
    return Belongings(
        jobs=_about(session, [record.id]), models=[record.id], trainings=[record.job_id]
    )


def _made_by(session: Session, comparison: Comparison) -> Sequence[str]:
    """The jobs that a comparison made and that no other one compares."""
    shared = (
        select(ComparisonJob.job_id)
        .join(Comparison, Comparison.id == ComparisonJob.comparison_id)
        .where(Comparison.deleted_at.is_(None), Comparison.id != comparison.id)
    )
    own = select(Job.id).where(
        Job.comparison_id == comparison.id, Job.deleted_at.is_(None), Job.id.not_in(shared)
    )
    return session.scalars(own.order_by(Job.created_at, Job.id)).all()


def _with_models(
    session: Session, jobs: Sequence[str], *, comparisons: Sequence[str] = ()
) -> Belongings:
    made = select(Model.id).where(Model.job_id.in_(jobs), Model.deleted_at.is_(None))
    models = session.scalars(made.order_by(Model.created_at, Model.id)).all()
    about = [job_id for job_id in _about(session, models) if job_id not in jobs]
    return Belongings(comparisons, [*jobs, *about], models)


def _about(session: Session, models: Sequence[str]) -> Sequence[str]:
    """The jobs that measure or quantise models, or did."""
    query = select(Job.id).where(Job.model_id.in_(models), Job.deleted_at.is_(None))
    return session.scalars(query.order_by(Job.created_at, Job.id)).all()
