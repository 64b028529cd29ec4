"""Comparisons, and the jobs that some of them were made of."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from workers.storage.tables.base import Base, UtcDateTime
from workers.storage.tables.deletions import Deletable, index_of_deleted
from workers.storage.tables.labels import Labelled


class Comparison(Labelled, Deletable, Base):
    """What is compared; how it goes follows from its jobs."""

    __tablename__ = "comparisons"
    __table_args__ = (index_of_deleted("comparisons"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    dataset: Mapped[str]
    architectures: Mapped[list[Any]]  # of {"name", "label", "options"}
    recipe: Mapped[dict[str, Any]]
    recipe_hash: Mapped[str]
    seeds: Mapped[list[Any]]
    folds: Mapped[int | None]  # parts of the dataset that test in turn; None: its test split tests
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class ComparisonJob(Base):
    """An existing job in a comparison. Jobs that a comparison made name it in `Job.comparison_id`."""

    __tablename__ = "comparison_jobs"

    comparison_id: Mapped[str] = mapped_column(ForeignKey("comparisons.id"), primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"), primary_key=True)
