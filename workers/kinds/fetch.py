"""The job that makes a dataset ready."""

import dataclasses

from workers.datasets.fetch import fetch
from workers.queue import leases
from workers.queue.leases import Lease
from workers.settings import Settings
from workers.storage.database import open_database, transaction, utc_now
from workers.storage.tables import Job

NEEDS_DATASET = True


def run(settings: Settings, job: Job, lease: Lease) -> None:
    """Fetch the dataset of a job."""
    database = open_database(settings.resolved_database_url)

    def report(phase: str) -> None:
        with transaction(database) as session:
            leases.record_progress(session, lease, {"phase": phase})

    description = fetch(settings.datasets_folder, job.dataset, report)
    with transaction(database) as session:
        result = dataclasses.asdict(description)
        leases.succeed(session, lease, result=result, now=utc_now())
