import io
import json
import logging
import sys
from typing import Any

import pytest

from workers.observability.logs import LogFormat, handler_of
from workers.observability.request_context import RequestContext, working_for

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def logged(log_format: LogFormat, message: str, *values: Any, error: bool = False) -> str:
    stream = io.StringIO()
    handler = handler_of(stream, log_format)
    try:
        raise ValueError("planted\nin two lines")
    except ValueError:
        found = sys.exc_info() if error else None
    handler.handle(
        logging.LogRecord("a.logger", logging.WARNING, __file__, 1, message, values, found)
    )
    return stream.getvalue()


@pytest.mark.parametrize("log_format", ["text", "json"])
@pytest.mark.parametrize("break_", ["\n", "\r\n", "\x1b[2J", "\u2028", "\x85"])
def test_what_is_logged_begins_no_line_of_its_own(log_format: LogFormat, break_: str) -> None:
    text = logged(log_format, "name %s", f"a{break_}2026-01-01 root all is well")
    assert len(text.splitlines()) == 1
    assert "\x1b" not in text


def test_a_line_of_json_has_time_level_logger_message_and_request() -> None:
    with working_for(RequestContext("r-1", TRACEPARENT)):
        line = json.loads(logged("json", "job %s ends", "x", error=True))
    assert line.pop("time").endswith("+00:00")
    assert line.pop("process") > 0
    assert "ValueError: planted\nin two lines" in line.pop("traceback")
    assert line == {
        "level": "warning",
        "logger": "a.logger",
        "message": "job x ends",
        "request_id": "r-1",
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
    }


def test_a_line_of_text_has_the_request_where_there_is_one() -> None:
    assert logged("text", "plain").endswith("a.logger plain\n")
    with working_for(RequestContext("r-1")):
        assert logged("text", "asked for").endswith("a.logger asked for [request r-1]\n")


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_no_secret_is_logged(log_format: LogFormat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", 'wJalr"XUtnFEMI')
    text = logged(
        log_format,
        'Bearer bakeoff_k3y1dk3y1dk3_a-b_c, postgresql://me:word@host/x, wJalr"XUtnFEMI',
    )
    assert text.count("[hidden]") == 3
    assert "word" not in text
    assert "XUtnFEMI" not in text
