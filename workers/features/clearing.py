"""Clears away the features of datasets that nothing needs any more.

Nothing here imports torch, so that workers can use it.
"""

import contextlib
import re
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from workers.features.description import FOLDER, SCRATCH
from workers.storage.artifacts import ArtifactError, ArtifactStore
from workers.storage.database import transaction
from workers.storage.ready_datasets import DatasetIdentity, first_job_at, is_needed
from workers.storage.scratch import remove_abandoned

GRACE = timedelta(days=1)  # for features that a job may be about to train on
NAME = re.compile(r"([0-9a-f]{64})-(.+)")  # of the folder of a dataset


def clear_unneeded(
    database: Engine, artifacts: ArtifactStore, scratch: Path, *, now: datetime
) -> None:
    """Remove the features of datasets that no name stands for and no job may still train on.

    And what killed processes left in the folder `scratch`. Features that are older than the database's
    first job stay: they belong to another database.
    """
    remove_abandoned(scratch, (f"{SCRATCH}*", ".[0-9a-f]*-*"))
    matches = [match for name in artifacts.names(FOLDER) if (match := NAME.fullmatch(name))]
    with transaction(database, read_only=True) as session:
        first = first_job_at(session)
        unneeded = [
            match[0]
            for match in matches
            if not is_needed(session, DatasetIdentity(*match.groups()))
        ]
    if first is None:
        return
    for name in unneeded:
        with contextlib.suppress(ArtifactError):  # another process has removed some of it
            folder = f"{FOLDER}/{name}"
            written = [artifacts.written_at(f"{folder}/{file}") for file in artifacts.names(folder)]
            if all(first - GRACE <= time <= now - GRACE for time in written):
                artifacts.delete(folder)
