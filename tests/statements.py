"""The SQL statements that are sent to a database while a test does something."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Engine, event


class Statement(NamedTuple):
    """A statement and its parameters."""

    text: str
    parameters: Any


@contextmanager
def record_statements(database: Engine) -> Iterator[list[Statement]]:
    """Every statement that is executed meanwhile, in their order."""
    statements: list[Statement] = []

    def record(_1: Any, _2: Any, text: str, parameters: Any, *_3: Any) -> None:
        statements.append(Statement(text, parameters))

    event.listen(database, "before_cursor_execute", record)
    try:
        yield statements
    finally:
        event.remove(database, "before_cursor_execute", record)
