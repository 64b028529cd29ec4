"""All tables, for those who need the whole schema: migrations and the relations between modules."""

from importlib import import_module

from workers.database import Base

__all__ = ["Base"]

DEFINED_IN = (
    "api_keys",
    "comparisons",
    "events",
    "idempotency",
    "jobs",
    "metrics",
    "model_store",
    "registrations",
)
for name in DEFINED_IN:
    import_module(f"workers.{name}")
