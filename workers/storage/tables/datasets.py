"""Datasets that are ready to be trained on."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from workers.storage.tables.base import Base, UtcDateTime


class Dataset(Base):
    """What a name stands for now. Its content and split name the artifact that holds it."""

    __tablename__ = "datasets"

    name: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str]  # of the content, whatever file it came from
    split: Mapped[
        str
    ]  # the rule by which the content was split, see workers/datasets/listings/splits.py
    description: Mapped[dict[str, Any]]  # what the header of the prepared file says
    upload: Mapped[str | None]  # artifact path of the file that it was made of
    upload_sha256: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
