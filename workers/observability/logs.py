"""Log lines of every process: for people, or as one JSON object a line, each with the id of its request."""

import json
import logging
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Literal, TextIO

from workers.observability.hidden_secrets import hide_secrets
from workers.observability.request_context import current

LogFormat = Literal["text", "json"]
#: Would begin a line that nobody wrote, or move the cursor of a terminal.
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
#: Whose information is of no use to those who run Bakeoff.
QUIET = ("alembic", "httpx")


class TextFormatter(logging.Formatter):
    """Time, logger and message on one line, and a traceback below it."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging calls it so
        """The line, whatever is in its values, and the request that it is about."""
        line = CONTROL.sub(_escape, super().formatMessage(record))
        request_id = current().request_id
        return f"{line} [request {request_id}]" if request_id else line

    def format(self, record: logging.LogRecord) -> str:
        """The line and the traceback, without secrets."""
        return hide_secrets(super().format(record))


class JsonFormatter(logging.Formatter):
    """One JSON object a line, in ASCII: `time`, `level`, `logger`, `message`, `process` and what there is."""

    def format(self, record: logging.LogRecord) -> str:
        """The object."""
        request_id, traceparent = current()
        traceback = self.formatException(record.exc_info) if record.exc_info else None
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": hide_secrets(record.getMessage()),
            "process": record.process,
            "request_id": request_id,
            "trace_id": traceparent.split("-")[1] if traceparent else None,
            "traceback": hide_secrets(traceback) if traceback else None,
        }
        return json.dumps({name: value for name, value in fields.items() if value is not None})


def handler_of(stream: TextIO, log_format: LogFormat) -> logging.Handler:
    """Writes log lines to a stream."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter())
    return handler


def configure(log_format: LogFormat, handlers: Sequence[logging.Handler] = ()) -> None:
    """Let this process log to standard error, or to `handlers`; with JSON warnings and tracebacks too."""
    logging.basicConfig(
        level=logging.INFO, handlers=handlers or [handler_of(sys.stderr, log_format)]
    )
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    if log_format == "json":
        logging.captureWarnings(capture=True)
        sys.excepthook = _log_uncaught


def _log_uncaught(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("uncaught").critical("%s", error, exc_info=(kind, error, traceback))


def _escape(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape").decode()
