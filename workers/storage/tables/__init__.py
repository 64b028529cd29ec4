"""Every table of the database, with the references between them; nothing here reads or writes a row.

They are in one room so that whoever imports a table has all of them: a reference to a table that is
not imported is an error of SQLAlchemy as soon as a row is written.
"""

from workers.storage.tables.access import ApiKey, IdempotencyKey
from workers.storage.tables.base import Base
from workers.storage.tables.comparisons import Comparison, ComparisonJob
from workers.storage.tables.datasets import Dataset
from workers.storage.tables.deletions import FirstJob, RemovedArtifact
from workers.storage.tables.jobs import (
    FINAL,
    MAX_ATTEMPTS,
    UNFINISHED,
    Event,
    Job,
    JobStatus,
    Metric,
)
from workers.storage.tables.models import Alias, AliasVersion, Model
from workers.storage.tables.registrations import Registration
from workers.storage.tables.weights import WeightsFile

__all__ = [
    "FINAL",
    "MAX_ATTEMPTS",
    "UNFINISHED",
    "Alias",
    "AliasVersion",
    "ApiKey",
    "Base",
    "Comparison",
    "ComparisonJob",
    "Dataset",
    "Event",
    "FirstJob",
    "IdempotencyKey",
    "Job",
    "JobStatus",
    "Metric",
    "Model",
    "Registration",
    "RemovedArtifact",
    "WeightsFile",
]
