"""Trained models, found by id, alias or job, and the aliases that stand for them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workers.errors import BakeoffError
from workers.storage import labels
from workers.storage.deletions import refuse_deleted
from workers.storage.pages import LATEST, Page, page
from workers.storage.tables import UNFINISHED, Alias, AliasVersion, Job, Model


class ModelNotFoundError(BakeoffError):
    """There is no such model or alias."""

    status = HTTPStatus.NOT_FOUND


class AliasError(BakeoffError):
    """A name that cannot be an alias."""


def get(session: Session, name: str) -> Model:
    """The model with this id or alias; `latest` is the newest that was trained.

    Raises ModelNotFoundError, DeletedError.
    """
    aliased = select(Alias.model_id).where(Alias.alias == name).scalar_subquery()
    query = select(Model).where((Model.id == name) | (Model.id == aliased))
    if name == LATEST:
        trained = select(Model).where(Model.quantised_from.is_(None), Model.deleted_at.is_(None))
        query = trained.order_by(Model.created_at.desc(), Model.id.desc()).limit(1)
    model = session.scalars(query).one_or_none()
    if model is None:
        raise ModelNotFoundError(_why_not(session, name))
    refuse_deleted(model)
    return model


def find(
    session: Session,
    filters: dict[str, Any],
    *,
    search: str | None = None,
    tag: str | None = None,
    limit: int,
    cursor: str | None = None,
) -> Page[Model]:
    """Models whose columns equal `filters`, that contain a text and have a tag, newest first."""
    query = select(Model).where(
        Model.deleted_at.is_(None),
        *(getattr(Model, name) == value for name, value in filters.items()),
        *labels.conditions(Model, Model.dataset, Model.architecture, search=search, tag=tag),
    )
    return page(session, query, Model, limit=limit, cursor=cursor)


def of_jobs(session: Session, job_ids: Sequence[str]) -> dict[str, Model]:
    """Job id → model, for the jobs that made one."""
    query = select(Model).where(Model.job_id.in_(job_ids), Model.deleted_at.is_(None))
    return {model.job_id: model for model in session.scalars(query)}


def with_ids(session: Session, model_ids: Collection[str]) -> dict[str, Model]:
    """Model id → model, deleted ones too."""
    query = select(Model).where(Model.id.in_(model_ids))
    return {model.id: model for model in session.scalars(query)}


def set_alias(
    session: Session, alias: str, model_id: str, *, engine: str | None, now: datetime
) -> Alias:
    """Let `alias` stand for a model, and no longer for another one; AliasError if it cannot."""
    if alias == LATEST:
        raise AliasError(
            f"'{LATEST}' always stands for the newest trained model; take another alias"
        )
    if session.get(Model, alias):
        raise AliasError(f"'{alias}' is the id of a model; take another alias")
    model = get(session, model_id)
    newest = select(func.max(AliasVersion.version)).where(AliasVersion.alias == alias)
    version = (session.scalar(newest) or 0) + 1
    session.add(
        AliasVersion(alias=alias, version=version, model_id=model.id, engine=engine, created_at=now)
    )
    return session.merge(Alias(alias=alias, model_id=model.id, engine=engine, updated_at=now))


def restore_alias(session: Session, alias: str, version: int, *, now: datetime) -> Alias:
    """Let `alias` stand for what it did in an earlier version, as a new one; AliasError."""
    earlier = session.get(AliasVersion, (alias, version))
    if earlier is None:
        known = [known.version for known in alias_versions(session, alias)]
        has = f"it has 1 to {known[0]}" if known else "there is no such alias"
        raise AliasError(f"'{alias}' has no version {version}; {has}")
    return set_alias(session, alias, earlier.model_id, engine=earlier.engine, now=now)


def alias_versions(session: Session, alias: str) -> list[AliasVersion]:
    """What an alias has stood for, newest first."""
    query = select(AliasVersion).where(AliasVersion.alias == alias)
    return list(session.scalars(query.order_by(AliasVersion.version.desc())))


def aliases(session: Session) -> list[Alias]:
    """Every alias."""
    return list(session.scalars(select(Alias).order_by(Alias.alias)))


def aliases_of_each(session: Session, models: Sequence[Model]) -> dict[str, list[str]]:
    """Model id → the aliases that stand for it; none for a model without one."""
    found: dict[str, list[str]] = {model.id: [] for model in models}
    query = select(Alias.model_id, Alias.alias).where(Alias.model_id.in_(found))
    for model_id, alias in session.execute(query.order_by(Alias.alias)):
        found[model_id].append(alias)
    return found


def _why_not(session: Session, name: str) -> str:
    """Why there is no model with this name: people often give the id of a job."""
    job = session.get(Job, name)
    if job is None:
        return f"there is no model or alias '{name}'; a model is made when a training succeeds"
    model = of_jobs(session, [name]).get(name)
    if model:
        return f"'{name}' is a job; its model is '{model.id}'"
    reason = f" ({job.error})" if job.error else ""
    still = "; it is made when the job succeeds" if job.status in UNFINISHED else ""
    return f"job '{name}' is {job.status} and has made no model{reason}{still}"
