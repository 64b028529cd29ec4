"""Clears away what nothing needs any more, while a worker runs."""

import logging
import threading

from workers.datasets.stored import clearing as dataset_files
from workers.datasets.stored.store import DatasetStore
from workers.deletion.retention import apply_retention
from workers.deletion.sweep import sweep
from workers.features import clearing as features_files
from workers.settings import Settings
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import UNAVAILABLE, open_database, utc_now
from workers.storage.job_logs import JobLogs
from workers.storage.scratch import remove_abandoned
from workers.weights import clearing as weights_files
from workers.weights.store import WeightsStore

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 3600.0


def run_housekeeping(settings: Settings, stop: threading.Event) -> None:
    """Clear what nothing needs at once and then every hour, until `stop` is set."""
    database = open_database(settings.resolved_database_url)
    artifacts = ArtifactStore(settings.resolved_artifacts_url)
    datasets = DatasetStore(artifacts, settings.datasets_folder)
    weights = WeightsStore(artifacts, settings.weights_folder)
    while True:
        try:
            apply_retention(
                database,
                artifacts,
                days=settings.retention_days,
                max_bytes=settings.retention_bytes,
            )
            sweep(database, artifacts)
            dataset_files.clear_unneeded(database, datasets, now=utc_now())
            weights_files.clear_unneeded(database, weights, now=utc_now())
            features_files.clear_unneeded(
                database, artifacts, settings.features_folder, now=utc_now()
            )
            remove_abandoned(settings.data, (".backup-*", ".restore-*"))
            JobLogs(settings.job_logs_folder).remove_without_job(database, now=utc_now())
        except (*UNAVAILABLE, OSError) as error:
            logger.warning("what nothing needs is cleared away later: %s", error)
        if stop.wait(PAUSE_SECONDS):
            return
