"""API keys for tests."""

from typing import Any

from workers.storage import api_keys
from workers.storage.api_keys import Scope
from workers.storage.database import open_database, transaction, utc_now


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def secret_of(key: str) -> str:
    """What follows "bakeoff", the id and their two underscores; a secret may have some itself."""
    return key.split("_", 2)[2]


def make(service: Any, *scopes: str, requests_per_minute: int | None = None) -> api_keys.NewApiKey:
    with transaction(open_database(service.settings.resolved_database_url)) as session:
        return api_keys.create(
            session,
            "somebody",
            [Scope(scope) for scope in scopes],
            requests_per_minute=requests_per_minute,
            now=utc_now(),
        )
