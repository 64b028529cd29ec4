"""The API keys in memory, so that checking one takes microseconds."""

import asyncio
import hmac
import math
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import NamedTuple

from sqlalchemy import Engine

from service.security.scopes import ANY, Needed
from workers.errors import BakeoffError
from workers.settings import Settings
from workers.storage import api_keys
from workers.storage.api_keys import Scope, digest_of, id_of
from workers.storage.database import transaction
from workers.storage.tables import ApiKey

FRESH_SECONDS = 1.0  # after which the keys are read again: so long a revoked key may still be valid


class Holder(NamedTuple):
    """The holder of a valid key: what the key allows, and how often."""

    id: str
    digest: str
    scopes: frozenset[Scope]
    requests_per_minute: int | None

    def may(self, needed: Needed) -> bool:
        """Whether the key has the scope, or `admin`."""
        return needed == ANY or needed in self.scopes or Scope.ADMIN in self.scopes


class KeysUnusedError(BakeoffError):
    """The service does not ask for keys, so none is made or revoked over HTTP."""

    status = HTTPStatus.CONFLICT

    def __init__(self) -> None:
        super().__init__(
            "no API key is asked for here, so none is made or revoked over HTTP: anybody could;"
            " on the service's machine 'bakeoff keys create NAME --scope admin' makes the first"
        )


class KeyCache:
    """Every valid key, read from the database once a second at most, and for an unknown key."""

    def __init__(
        self,
        database: Engine,
        settings: Settings,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database, self._mode, self._clock = database, settings.api_keys, clock
        self.settings = settings
        self._holders: dict[str, Holder] = {}
        self._was_any_made = False
        self._read_at = -math.inf
        self._failed_at, self._failure = -math.inf, Exception()
        self._reading = asyncio.Lock()

    @property
    def is_required(self) -> bool:
        """Whether a request needs a key, as of the last `find`."""
        return self._mode == "required" or (self._mode == "auto" and self._was_any_made)

    async def find(self, key: str | None) -> Holder | None:
        """The holder of a key; None where it is not valid."""
        if self._mode == "off":
            return None
        now = self._clock()
        key_id = id_of(key) if key else None
        if self._read_at + FRESH_SECONDS < now or (key_id and key_id not in self._holders):
            await self._read_after(now)
        holder = self._holders.get(key_id) if key_id else None
        is_valid = holder and key and hmac.compare_digest(holder.digest, digest_of(key))
        return holder if is_valid else None

    async def _read_after(self, moment: float) -> None:
        """Read the keys, unless another request has since that moment; one reads at a time.

        Where that request has failed, this one fails as it did: it does not wait as long once more.
        """
        async with self._reading:
            if self._failed_at >= moment > self._read_at:
                raise self._failure
            if self._read_at < moment:
                began = self._clock()
                try:
                    rows = await asyncio.to_thread(self._rows)
                except Exception as error:
                    self._failed_at, self._failure = began, error
                    raise
                self._holders = {row.id: _holder(row) for row in rows if row.revoked_at is None}
                self._was_any_made = bool(rows)
                self._read_at = began

    def _rows(self) -> list[ApiKey]:
        with transaction(self._database, read_only=True) as session:
            return api_keys.list_all(session)


def _holder(row: ApiKey) -> Holder:
    return Holder(row.id, row.digest, frozenset(row.scopes), row.requests_per_minute)
