"""Every table, for whoever needs the schema as a whole: migrations, and the test that compares them."""

from workers.queue.comparisons import Comparison, ComparisonJob
from workers.queue.events import Event
from workers.queue.idempotency import IdempotencyKey
from workers.queue.jobs import Job
from workers.queue.registrations import Registration
from workers.storage.api_keys import ApiKey
from workers.storage.database import Base
from workers.storage.metrics import Metric
from workers.storage.trained_models import Alias, AliasVersion, Model

TABLES: tuple[type[Base], ...] = (
    Comparison,
    ComparisonJob,
    Job,
    Event,
    IdempotencyKey,
    Registration,
    Metric,
    Model,
    Alias,
    AliasVersion,
    ApiKey,
)
