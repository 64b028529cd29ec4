"""API keys: who may do what."""

from collections.abc import Sequence

from bakeoff.answers import Json
from bakeoff.client._resource import Resource, omit_none


class Keys(Resource):
    """Methods for API keys; all but `show_own_key` need the scope `admin`."""

    def list_keys(self) -> list[Json]:
        """Every key there has been, newest first, without its secret."""
        return list(self._connection.items("/v1/keys"))

    def show_own_key(self) -> Json:
        """What the key of this client may do: its name, scopes and rate limit; any key may ask."""
        return self._connection.get("/v1/keys/self")

    def create_key(
        self, name: str, scopes: Sequence[str], *, requests_per_minute: int | None = None
    ) -> Json:
        """Make a key with the scopes read, predict, train or admin; its text is in `key`.

        Not sent again after it may have arrived: a second key would be made.
        """
        body = omit_none(name=name, scopes=scopes, requests_per_minute=requests_per_minute)
        return self._connection.post("/v1/keys", body, repeatable=False)

    def revoke_key(self, key_id: str) -> None:
        """Revoke a key; it is refused within a second."""
        self._connection.send("DELETE", "/v1/keys/{key_id}", {"key_id": key_id})
