"""Why a backup is not made or not restored."""

from workers.errors import BakeoffError
from workers.settings import Settings


class BackupError(BakeoffError):
    """The backup cannot be made or restored; nothing has changed."""


def refuse_elsewhere(settings: Settings) -> None:
    """BackupError where database or artifacts are not in the data folder."""
    if settings.database_url:
        raise BackupError(
            "BAKEOFF_DATABASE_URL is set, and only what is in the data folder is backed up and restored"
            " here; use the tools of the database (pg_dump and pg_restore for PostgreSQL), and copy the"
            " artifacts after the database, while no worker runs"
        )
    if settings.artifacts_url:
        raise BackupError(
            "BAKEOFF_ARTIFACTS_URL is set, and only what is in the data folder is backed up and restored"
            " here; stop the workers, copy the database, and then the artifacts with the tools of their"
            " store (versions or replication of the bucket for S3)"
        )
