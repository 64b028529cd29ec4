"""Which request work is done for: its id and its place in a trace, from the service to job and worker."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple


class RequestContext(NamedTuple):
    """A request, as logs and traces name it; nothing where there is none."""

    request_id: str | None = None
    traceparent: str | None = None  # as W3C Trace Context has it


NOBODY = RequestContext()
_current: ContextVar[RequestContext] = ContextVar("request", default=NOBODY)


def current() -> RequestContext:
    """The request that this thread or task works for."""
    return _current.get()


def set_current(context: RequestContext) -> None:
    """Work for a request until this thread or task ends."""
    _current.set(context)


@contextmanager
def working_for(context: RequestContext) -> Iterator[None]:
    """Work for a request."""
    token = _current.set(context)
    try:
        yield
    finally:
        _current.reset(token)
