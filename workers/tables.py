"""All tables, for those who need the whole schema: migrations and the relations between modules."""

from workers import (
    api_keys,
    comparisons,
    events,
    idempotency,
    jobs,
    metrics,
    model_store,
    registrations,
)
from workers.database import Base

__all__ = ["Base"]

_DEFINED_IN = (
    api_keys,
    comparisons,
    events,
    idempotency,
    jobs,
    metrics,
    model_store,
    registrations,
)
