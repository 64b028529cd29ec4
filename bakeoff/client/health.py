"""Whether the service is up."""

from bakeoff.answers import Json
from bakeoff.client._resource import Resource
from bakeoff.errors import RefusedError, UnreachableError


class Health(Resource):
    """Methods for the service's health."""

    def is_ready(self) -> bool:
        """Whether the service answers and its database is in order; asks once."""
        try:
            self._connection.send("GET", "/health/ready", {}, retry=False)
        except (RefusedError, UnreachableError):
            return False
        return True

    def live(self) -> Json:
        """An answer as long as the process lives."""
        return self._connection.get("/health/live")

    def ready(self) -> Json:
        """The database and its schema, and which workers there are; refused if it is not ready."""
        return self._connection.get("/health/ready")

    def show_storage(self) -> Json:
        """What artifacts, datasets, charts and the database take, and what is free, in bytes."""
        return self._connection.get("/v1/storage")

    def prometheus(self) -> str:
        """Request durations by route, and jobs by status, in Prometheus' text format."""
        return self._connection.download("/metrics").decode()
