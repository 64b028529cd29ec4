"""Pretrained weights that are kept."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from workers.storage.tables.base import Base, UtcDateTime


class WeightsFile(Base):
    """What a name stands for now. The SHA-256 of the file names the artifact that holds it."""

    __tablename__ = "weights"

    name: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str]  # of the safetensors file
    num_bytes: Mapped[int] = mapped_column(BigInteger)
    num_tensors: Mapped[int]
    num_parameters: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str]  # in words
    licence: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
