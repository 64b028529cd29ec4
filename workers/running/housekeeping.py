"""Clears away what nothing needs any more, while a worker runs."""

import logging
import threading

from workers.datasets.stored.clearing import clear_unneeded
from workers.datasets.stored.store import DatasetStore
from workers.settings import Settings
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import UNAVAILABLE, open_database, utc_now

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 3600.0


def run_housekeeping(settings: Settings, stop: threading.Event) -> None:
    """Clear the files of datasets at once and then every hour, until `stop` is set."""
    database = open_database(settings.resolved_database_url)
    store = DatasetStore(ArtifactStore(settings.resolved_artifacts_url), settings.datasets_folder)
    while True:
        try:
            clear_unneeded(database, store, now=utc_now())
        except (*UNAVAILABLE, OSError) as error:
            logger.warning("what nothing needs is cleared away later: %s", error)
        if stop.wait(PAUSE_SECONDS):
            return
