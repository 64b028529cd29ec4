"""Trained models, and the aliases that stand for them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, false
from sqlalchemy.orm import Mapped, mapped_column

from workers.storage.tables.base import Base, UtcDateTime
from workers.storage.tables.deletions import Deletable, index_of_deleted
from workers.storage.tables.labels import Labelled


class Model(Labelled, Deletable, Base):
    """A network ready to serve, trained or quantised. It describes itself: no dataset is needed to use it."""

    __tablename__ = "models"
    __table_args__ = (index_of_deleted("models"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"), unique=True)
    name: Mapped[str | None]  # what people call it
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    architecture: Mapped[str]
    options: Mapped[dict[str, Any]]
    dataset: Mapped[str]
    dataset_sha256: Mapped[str]
    dataset_split: Mapped[str] = mapped_column(server_default="random-validation10")
    seed: Mapped[int]
    fold: Mapped[
        int | None
    ]  # that tested it, from 1 to `folds`; None: the test split of the dataset
    folds: Mapped[int | None]
    recipe_hash: Mapped[str]
    classes: Mapped[list[Any]]
    image_shape: Mapped[list[Any]]  # channels, height, width
    mean: Mapped[list[Any]]  # of each channel, on the scale 0 to 1
    std: Mapped[list[Any]]
    #: How an image becomes pixels, see workers/datasets/images/preparation.py; None: it is stretched.
    preparation: Mapped[dict[str, Any] | None]
    #: The weights that its training started from, as `Job.pretrained`; None: it started from none.
    pretrained: Mapped[dict[str, Any] | None]
    #: Whether it gives the mean over an image and its mirror image: `Recipe.test_flips`.
    test_flips: Mapped[bool] = mapped_column(default=False, server_default=false())
    num_parameters: Mapped[int]
    validation_accuracy: Mapped[float]
    test_accuracy: Mapped[float]
    weights: Mapped[str]  # artifact path; a quantised model names those it was made from
    weights_sha256: Mapped[str]
    weights_bytes: Mapped[int]
    #: `path`, `sha256`, `bytes`, `opset` and `parity` of the graph, or the `error` that there is none.
    onnx: Mapped[dict[str, Any] | None]
    #: The model of which this is the int8 form; None: it was trained. No foreign key: SQLite adds none to
    #: a table that exists.
    quantised_from: Mapped[str | None]


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
