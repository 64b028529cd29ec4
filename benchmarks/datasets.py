"""The datasets of the data folder, loaded by name."""

from workers.datasets.image_dataset import ImageDataset
from workers.datasets.stored import loading
from workers.datasets.stored.store import DatasetAbsentError, DatasetStore
from workers.settings import settings
from workers.storage import ready_datasets
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import open_database, transaction


def load(*names: str) -> ImageDataset:
    """The first dataset of these names that is ready; DatasetAbsentError where none is."""
    current = settings()
    with transaction(open_database(current.resolved_database_url), read_only=True) as session:
        found = ready_datasets.identities(session, set(names))
    name = next((name for name in names if name in found), None)
    if name is None:
        raise DatasetAbsentError(names[0])
    store = DatasetStore(ArtifactStore(current.resolved_artifacts_url), current.datasets_folder)
    return loading.load(store.path(found[name], name), name)
