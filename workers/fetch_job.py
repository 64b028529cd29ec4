"""The job that makes a dataset ready."""

import dataclasses

from workers import leases
from workers.database import engine, transaction, utc_now
from workers.datasets.fetch import DatasetUnavailableError, fetch
from workers.jobs import Job
from workers.leases import Lease
from workers.settings import Settings

EXPECTED = (DatasetUnavailableError,)


def run(settings: Settings, job: Job, lease: Lease) -> None:
    """Fetch the dataset of a job."""
    database = engine(settings.resolved_database_url)

    def report(phase: str) -> None:
        with transaction(database) as session:
            leases.record_progress(session, lease, {"phase": phase})

    description = fetch(settings.datasets_folder, job.dataset, report)
    with transaction(database) as session:
        result = dataclasses.asdict(description)
        leases.succeed(session, lease, result=result, now=utc_now())
