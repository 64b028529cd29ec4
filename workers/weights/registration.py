"""Gives a file of weights its name."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from workers.storage.database import transaction, utc_now
from workers.storage.ready_datasets import lock_files
from workers.storage.tables import WeightsFile
from workers.weights.clearing import clear
from workers.weights.errors import WeightsAbsentError
from workers.weights.safetensors_file import check_file
from workers.weights.store import WeightsStore, check_name


class Origin(NamedTuple):
    """Where weights come from, in words, and the licence that they have there."""

    source: str
    licence: str | None = None


def keep(
    database: Engine,
    store: WeightsStore,
    name: str,
    file: Path,
    origin: Origin,
    *,
    replaces: bool = True,
) -> WeightsFile:
    """Check a file on this machine, keep it, and let `name` stand for it; returns what it stands for now.

    Unless it `replaces` what the name stood for, that stays: another machine may have been faster.
    The licence of `origin` counts where the file's metadata has none. WeightsNameError, WeightsError,
    StoreUnavailableError; an error changes nothing.
    """
    check_name(name)
    summary = check_file(file)
    sha256 = sha256_of(file)
    store.send(file, sha256)  # ahead: a slow store must not hold the database
    with transaction(database) as session:
        lock_files(session)
        store.send(file, sha256)  # again, or clear() could have removed it before the row is there
        before = find(session, name)
        is_same = before and (before.sha256, before.source) == (sha256, origin.source)
        if before and (is_same or not replaces):
            row, unneeded = before, sha256
        else:
            unneeded = before.sha256 if before else sha256
            row = session.merge(
                WeightsFile(
                    name=name,
                    sha256=sha256,
                    num_bytes=file.stat().st_size,
                    num_tensors=summary.num_tensors,
                    num_parameters=summary.num_parameters,
                    source=origin.source,
                    licence=summary.licence or origin.licence,
                    created_at=utc_now(),
                )
            )
    if unneeded != row.sha256:
        clear(database, store, unneeded)
    return row


def find(session: Session, name: str) -> WeightsFile | None:
    """The weights of a name; None where there are none."""
    return session.get(WeightsFile, name)


def get(session: Session, name: str) -> WeightsFile:
    """The weights of a name; WeightsNameError, WeightsAbsentError."""
    check_name(name)
    row = find(session, name)
    if row is None:
        raise WeightsAbsentError(name)
    return row


def find_all(session: Session) -> Sequence[WeightsFile]:
    """All weights, by name."""
    return session.scalars(select(WeightsFile).order_by(WeightsFile.name)).all()


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
