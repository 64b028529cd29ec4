"""Architectures: what can be trained."""

from bakeoff.answers import Json
from bakeoff.client._resource import Resource


class Architectures(Resource):
    """Methods for architectures."""

    def list_architectures(self) -> list[Json]:
        """Every architecture with its description and the JSON schema of its options."""
        return list(self._connection.items("/v1/architectures"))

    def show_architecture(self, name: str, *, dataset: str | None = None) -> Json:
        """One architecture; with a ready dataset also its parameters, FLOPs and layers for it."""
        return self._connection.get("/v1/architectures/{name}", name=name, dataset=dataset)
