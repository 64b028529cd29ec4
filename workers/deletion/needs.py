"""Why something cannot be deleted: what would refer to nothing."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from workers.deletion.belongings import Belongings
from workers.storage.tables import UNFINISHED, Alias, Comparison, ComparisonJob, Job, Model


def first_need(session: Session, going: Belongings) -> str | None:
    """A sentence that says what needs something that would go; None where nothing does."""
    return next(_needs(session, going), None)


def _needs(session: Session, going: Belongings) -> Iterator[str]:
    unfinished = select(Job).where(Job.id.in_(going.jobs), Job.status.in_(UNFINISHED))
    for job in session.scalars(unfinished.limit(1)):
        yield f"job '{job.id}' is {job.status}; cancel it, or wait for it"
    for comparison, job_id in _comparisons(session, going):
        yield f"comparison '{comparison.id}' ({comparison.name}) needs job '{job_id}'; delete that first"
    aliases = select(Alias).where(Alias.model_id.in_(going.models))
    for alias in session.scalars(aliases.limit(1)):
        yield (
            f"alias '{alias.alias}' stands for model '{alias.model_id}'; let it stand for another first"
        )
    quantised = select(Model).where(
        Model.quantised_from.in_(going.models),
        Model.deleted_at.is_(None),
        Model.id.not_in(going.models),
    )
    for model in session.scalars(quantised.limit(1)):
        yield (
            f"model '{model.id}' was quantised from model '{model.quantised_from}'; delete that first"
        )
    waiting = select(Job).where(Job.depends_on.in_(going.jobs), Job.status.in_(UNFINISHED))
    for job in session.scalars(waiting.limit(1)):
        yield f"job '{job.id}' waits for job '{job.depends_on}'; cancel it, or wait for it"


def _comparisons(session: Session, going: Belongings) -> Iterator[tuple[Comparison, str]]:
    """Comparisons that stay and compare a job, or that trained heads on the features of one."""
    ids = [*going.jobs, *going.trainings]
    stays = (Comparison.deleted_at.is_(None), Comparison.id.not_in(going.comparisons))
    waiting = aliased(Job)
    made = select(Comparison, Job.id).join(Job, Job.comparison_id == Comparison.id)
    compared = (
        select(Comparison, ComparisonJob.job_id)
        .join(ComparisonJob, ComparisonJob.comparison_id == Comparison.id)
        .where(ComparisonJob.job_id.in_(ids))
    )
    awaited = (
        select(Comparison, waiting.depends_on)
        .join(waiting, waiting.comparison_id == Comparison.id)
        .where(waiting.depends_on.in_(ids))
    )
    for query in (made.where(Job.id.in_(ids)), compared, awaited):
        for comparison, job_id in session.execute(query.where(*stays).limit(1)):
            yield comparison, str(job_id)
