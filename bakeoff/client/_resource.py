"""What the methods of every resource share."""

from typing import Any

from bakeoff.transport.connection import Connection


class Resource:
    """Methods of one resource of the API."""

    _connection: Connection


def omit_none(**fields: Any) -> dict[str, Any]:
    """The fields of a body that are not None; the service has defaults for the others."""
    return {name: value for name, value in fields.items() if value is not None}
