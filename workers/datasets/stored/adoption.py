"""Takes over the datasets that a version up to 0.1 has prepared: files by name, and no rows for them."""

import logging
from pathlib import Path

from sqlalchemy import Engine, update

from workers.datasets.stored.loading import describe_file
from workers.datasets.stored.prepared_file import read_header
from workers.datasets.stored.registration import register
from workers.datasets.stored.store import NAME, DatasetStore
from workers.storage import ready_datasets
from workers.storage.database import transaction
from workers.storage.kind_names import TRAIN
from workers.storage.tables import Job, JobStatus

logger = logging.getLogger(__name__)


def adopt(database: Engine, store: DatasetStore) -> None:
    """Register every such file, and pin the trainings that have not succeeded yet to its content."""
    for path in sorted(store.folder.glob("*.safetensors")):
        if NAME.fullmatch(path.stem):
            _adopt(database, store, path)


def _adopt(database: Engine, store: DatasetStore, path: Path) -> None:
    name = path.stem
    with transaction(database) as session:
        try:
            description = describe_file(read_header(path))
        except FileNotFoundError:  # another process was quicker
            return
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            logger.warning("%s is no dataset, and is left as it is (%r)", path, error)
            return
        if ready_datasets.find(session, name) is None:
            register(session, store, name, description, path)
            session.execute(
                update(Job)
                .where(
                    Job.dataset == name,
                    Job.kind == TRAIN,
                    Job.status != JobStatus.SUCCEEDED,
                    Job.dataset_sha256.is_(None),
                )
                .values(dataset_sha256=description.sha256, dataset_split=description.split)
            )
