"""Trained models: what is needed to rebuild, feed and trust one, and the aliases that stand for it."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from sqlalchemy import ForeignKey, column, func, select, table
from sqlalchemy.orm import Mapped, Session, mapped_column

from workers.errors import BakeoffError
from workers.storage.database import Base, UtcDateTime
from workers.storage.pages import LATEST, Page, page

#: The queue's table by name: storage does not import the queue, which is built on it.
JOBS = table("jobs", column("id"), column("status"), column("error"))
UNFINISHED = {"queued", "running"}


class Model(Base):
    """A trained network ready to serve. It describes itself: no dataset is needed to use it."""

    __tablename__ = "models"

    id: Mapped[str] = mapped_column(primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    architecture: Mapped[str]
    options: Mapped[dict[str, Any]]
    dataset: Mapped[str]
    dataset_sha256: Mapped[str]
    seed: Mapped[int]
    recipe_hash: Mapped[str]
    classes: Mapped[list[Any]]
    image_shape: Mapped[list[Any]]  # channels, height, width
    mean: Mapped[list[Any]]  # of each channel, on the scale 0 to 1
    std: Mapped[list[Any]]
    num_parameters: Mapped[int]
    validation_accuracy: Mapped[float]
    test_accuracy: Mapped[float]
    weights: Mapped[str]  # artifact path
    weights_sha256: Mapped[str]
    weights_bytes: Mapped[int]
    #: `path`, `sha256`, `bytes`, `opset` and `parity` of the graph, or the `error` that there is none.
    onnx: Mapped[dict[str, Any] | None]


class Alias(Base):
    """A name that stands for a model."""

    __tablename__ = "aliases"

    alias: Mapped[str] = mapped_column(primary_key=True)
    model_id: Mapped[str] = mapped_column(ForeignKey("models.id"), index=True)
    engine: Mapped[str | None]  # that serves it where a request asks for none; None: the default
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AliasVersion(Base):
    """What an alias has stood for, from its first version on; rows are only added."""

    __tablename__ = "alias_versions"

    alias: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[str] = mapped_column(ForeignKey("models.id"))
    engine: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ModelNotFoundError(BakeoffError):
    """There is no such model or alias."""

    status = HTTPStatus.NOT_FOUND


class AliasError(BakeoffError):
    """A name that cannot be an alias."""


def get(session: Session, name: str) -> Model:
    """The model with this id or alias; `latest` is the newest. Raises ModelNotFoundError."""
    aliased = select(Alias.model_id).where(Alias.alias == name).scalar_subquery()
    query = select(Model).where((Model.id == name) | (Model.id == aliased))
    if name == LATEST:
        query = select(Model).order_by(Model.created_at.desc(), Model.id.desc()).limit(1)
    model = session.scalars(query).one_or_none()
    if model is None:
        raise ModelNotFoundError(_why_not(session, name))
    return model


def _why_not(session: Session, name: str) -> str:
    """Why there is no such model; people often ask for that of a job."""
    job = session.execute(select(JOBS).where(JOBS.c.id == name)).one_or_none()
    if job is None:
        return f"there is no model or alias '{name}'; a model is made when a training succeeds"
    made = of_jobs(session, [name]).get(name)
    if made:
        return f"'{name}' is a job; its model is '{made}'"
    reason = f" ({job.error})" if job.error else ""
    still = "; it is made when the training succeeds" if job.status in UNFINISHED else ""
    return f"job '{name}' is {job.status} and has made no model{reason}{still}"


def find(
    session: Session, filters: dict[str, Any], *, limit: int, cursor: str | None = None
) -> Page[Model]:
    """Models whose columns equal `filters`, newest first."""
    query = select(Model).where(*(getattr(Model, name) == value for name, value in filters.items()))
    return page(session, query, Model, limit=limit, cursor=cursor)


def of_jobs(session: Session, job_ids: list[str]) -> dict[str, str]:
    """Job id → model id, for the jobs that made one."""
    query = select(Model.job_id, Model.id).where(Model.job_id.in_(job_ids))
    return {row.job_id: row.id for row in session.execute(query)}


def set_alias(
    session: Session, alias: str, model_id: str, *, engine: str | None, now: datetime
) -> Alias:
    """Let `alias` stand for a model, and no longer for another one; AliasError if it cannot."""
    if alias == LATEST:
        raise AliasError(f"'{LATEST}' always stands for the newest model; take another alias")
    if session.get(Model, alias):
        raise AliasError(f"'{alias}' is the id of a model; take another alias")
    model = get(session, model_id)
    newest = select(func.max(AliasVersion.version)).where(AliasVersion.alias == alias)
    version = (session.scalar(newest) or 0) + 1
    session.add(
        AliasVersion(alias=alias, version=version, model_id=model.id, engine=engine, created_at=now)
    )
    return session.merge(Alias(alias=alias, model_id=model.id, engine=engine, updated_at=now))


def take_back(session: Session, alias: str, version: int, *, now: datetime) -> Alias:
    """Let `alias` stand for what it did in an earlier version, as a new one; AliasError."""
    earlier = session.get(AliasVersion, (alias, version))
    if earlier is None:
        known = [one.version for one in alias_versions(session, alias)]
        has = f"it has 1 to {known[0]}" if known else "there is no such alias"
        raise AliasError(f"'{alias}' has no version {version}; {has}")
    return set_alias(session, alias, earlier.model_id, engine=earlier.engine, now=now)


def alias_versions(session: Session, alias: str) -> list[AliasVersion]:
    """What an alias has stood for, newest first."""
    query = select(AliasVersion).where(AliasVersion.alias == alias)
    return list(session.scalars(query.order_by(AliasVersion.version.desc())))


def aliases(session: Session, model_id: str | None = None) -> list[Alias]:
    """The aliases of a model, or all."""
    query = select(Alias).order_by(Alias.alias)
    return list(session.scalars(query.where(Alias.model_id == model_id) if model_id else query))
