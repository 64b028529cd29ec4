"""Traces by OpenTelemetry, where the extra `telemetry` is installed and its standard variables ask for them.

Without either nothing is imported, and every function here returns at once.
"""

import importlib.util
import logging
import os
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal

logger = logging.getLogger(__name__)

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
OFF = {"none"}  # of the variables that name an exporter
STOP_MILLISECONDS = 3000  # that the last spans of a process may take to be sent

_provider: Any = None
_tracer: Any = None


def is_asked_for(signal: str) -> bool:
    """Whether the environment wants `traces` or `metrics` to be sent somewhere."""
    if os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    if os.environ.get(f"OTEL_{signal.upper()}_EXPORTER", "").strip().lower() in OFF:
        return False
    of_signal = f"OTEL_EXPORTER_OTLP_{signal.upper()}_ENDPOINT"
    return bool(os.environ.get(ENDPOINT) or os.environ.get(of_signal))


def is_installed() -> bool:
    """Whether the extra is there; a warning says how to get it."""
    try:
        found = importlib.util.find_spec("opentelemetry.exporter.otlp.proto.http")
    except ModuleNotFoundError:  # not even the packages around it
        found = None
    if found is None:
        logger.warning(
            "OpenTelemetry is asked for and not installed; run: pip install '.[server,telemetry]'"
        )
    return found is not None


def start(role: str) -> None:
    """Send the spans of this process from now on, if that is asked for; `role`: api, worker or job."""
    if is_asked_for("traces") and is_installed():
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        start_with(BatchSpanProcessor(OTLPSpanExporter()), role)


def start_with(processor: Any, role: str) -> None:
    """Give the spans of this process to a span processor."""
    global _provider, _tracer  # noqa: PLW0603 - of the process, as logging is
    from opentelemetry.sdk.trace import TracerProvider

    _provider = TracerProvider(resource=resource(role), shutdown_on_exit=False)
    _provider.add_span_processor(processor)
    _tracer = _provider.get_tracer("bakeoff")


def resource(role: str) -> Any:
    """What this process is called; OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say otherwise."""
    from opentelemetry.sdk.resources import Resource

    attributes: dict[str, Any] = {"bakeoff.process": role, "process.pid": os.getpid()}
    named = Resource.create(attributes)
    if str(named.attributes["service.name"]).startswith("unknown_service"):
        named = Resource.create({**attributes, "service.name": "bakeoff"})
    return named


def stop() -> None:
    """Send what is left, for a few seconds at most, and no span after that."""
    global _provider, _tracer  # noqa: PLW0603
    if _provider:
        _provider.force_flush(STOP_MILLISECONDS)
        _provider.shutdown()
        _provider = _tracer = None


def is_on() -> bool:
    """Whether spans are kept."""
    return _tracer is not None


def now() -> int:
    """The time as spans have it, in nanoseconds since 1970."""
    return time.time_ns()


def span(
    name: str,
    attributes: Mapping[str, Any],
    *,
    kind: Literal["internal", "consumer"] = "internal",
    parent: str | None = None,
) -> AbstractContextManager[Any]:
    """A span around what is done within, below the span of a `traceparent` or the current one.

    Yields the span, or None where none is kept. An exception marks it as failed.
    """
    if _tracer is None:
        return nullcontext()
    from opentelemetry.trace import SpanKind

    span: AbstractContextManager[Any] = _tracer.start_as_current_span(
        name, context=_context_of(parent), kind=SpanKind[kind.upper()], attributes=attributes
    )
    return span


def add_span(
    name: str,
    began: int,
    ended: int | None = None,
    *,
    parent: str | None = None,
    **about: str | int,
) -> None:
    """A span of what has been done since `began`; `ended` is now where it is not given."""
    if _tracer is not None:
        attributes = {f"bakeoff.{key}": value for key, value in about.items()}
        made = _tracer.start_span(
            name, context=_context_of(parent), attributes=attributes, start_time=began
        )
        made.end(ended or now())


def tracer_provider() -> Any:
    """Where spans of this process are kept; None where none is."""
    return _provider


def annotate(**about: str | int) -> None:
    """Say more of the current span."""
    if _tracer is not None:
        from opentelemetry.trace import get_current_span

        get_current_span().set_attributes({f"bakeoff.{key}": value for key, value in about.items()})


def name_request(method: str, route: str) -> None:
    """Name the current span, which is of a request, after the template of its route."""
    if _tracer is not None:
        from opentelemetry.trace import get_current_span

        get_current_span().update_name(f"{method} {route}")
        get_current_span().set_attribute("http.route", route)


def traceparent() -> str | None:
    """The current span as W3C Trace Context writes it, for whoever goes on elsewhere; None without one."""
    if _tracer is None:
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return carrier.get("traceparent")


def _context_of(parent: str | None) -> Any:
    """The context of a `traceparent`; None, which is the current one, without."""
    if parent is None:
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator().extract({"traceparent": parent})
