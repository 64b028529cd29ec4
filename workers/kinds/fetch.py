"""The job that makes a dataset ready."""

from workers.datasets.fetch import fetch
from workers.datasets.stored.store import DatasetStore
from workers.queue import leases
from workers.queue.dataset_checks import enqueue_checks, newest_checks
from workers.queue.leases import Lease
from workers.queue.progress import report_progress
from workers.settings import Settings
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import open_database, transaction, utc_now
from workers.storage.retries import with_retries
from workers.storage.tables import Job


def run(settings: Settings, job: Job, lease: Lease) -> None:
    """Fetch the dataset of a job."""
    database = open_database(settings.resolved_database_url)

    def report(phase: str) -> None:
        report_progress(database, lease, {"phase": phase})

    artifacts = ArtifactStore(settings.resolved_artifacts_url)
    store = DatasetStore(artifacts, settings.datasets_folder)
    description = fetch(database, store, job.dataset, report)

    def succeed() -> None:
        with transaction(database) as session:
            if newest_checks(session, job.dataset, description.identity) is None:
                enqueue_checks(session, job.dataset, now=utc_now())
            leases.succeed(session, lease, result=description.as_json(), now=utc_now())

    with_retries(succeed)
