"""Spans and metrics of the service, its worker and its jobs, kept in memory by OpenTelemetry's own SDK."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from opentelemetry.sdk.metrics.export import MetricExporter, MetricExportResult
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from service.app import create_app
from service.metrics import opentelemetry_export
from tests.service.conftest import TINY, Service, started
from workers.observability import telemetry

TRACE = "0af7651916cd43dd8448eb211c80319c"
CLIENT = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01", "X-Request-ID": "mine"}


@pytest.fixture
def kept() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    telemetry.start_with(SimpleSpanProcessor(exporter), "api")
    yield exporter
    telemetry.stop()


def by_name(kept: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in kept.get_finished_spans()}


def trace_of(span: ReadableSpan) -> str:
    return f"{span.context.trace_id:032x}"


def parent_of(span: ReadableSpan) -> int:
    assert span.parent
    return span.parent.span_id


def test_a_training_is_one_trace_from_the_client_to_its_epochs(
    kept: InMemorySpanExporter, tmp_path: Path
) -> None:
    body = {"dataset": "digits", "architecture": "fully_connected", "recipe": TINY}
    for service in started(tmp_path / "data"):
        assert service.http.post("/v1/jobs", json=body, headers=CLIENT).status_code == 202
        service.work()
    spans = by_name(kept)
    request, job = spans["POST /v1/jobs"], spans["job train"]

    assert {trace_of(span) for span in kept.get_finished_spans()} == {TRACE}
    assert f"{parent_of(request):016x}" == "b7ad6b7169203331"
    assert parent_of(job) == parent_of(spans["claim"]) == request.context.span_id
    epochs = [span for span in kept.get_finished_spans() if span.name == "epoch"]
    assert [span.attributes["bakeoff.epoch"] for span in epochs] == [1, 2]  # type: ignore[index]
    for span in (*epochs, spans["prepare"], spans["finish"]):
        assert parent_of(span) == job.context.span_id
        assert job.start_time <= span.start_time <= span.end_time <= job.end_time  # type: ignore[operator]
    for name, value in {
        "http.request.method": "POST",
        "http.response.status_code": 202,
        "http.route": "/v1/jobs",
        "bakeoff.request_id": "mine",
    }.items():
        assert request.attributes[name] == value  # type: ignore[index]
    assert job.attributes["bakeoff.request_id"] == "mine"  # type: ignore[index]


def test_a_prediction_has_a_span_of_each_stage(
    kept: InMemorySpanExporter, trained: Service
) -> None:
    with TestClient(create_app(trained.settings), base_url="http://localhost") as http:
        image = [[0, 0, 60, 250, 200, 20, 0, 0]] * 8
        answer = http.post("/v1/models/champion/predictions", json={"instances": [image]})
        assert answer.status_code == 200
    spans = by_name(kept)
    request = spans["POST /v1/models/{model_id}/predictions"]
    for name in ("decode", "forward"):
        assert parent_of(spans[name]) == request.context.span_id
        assert request.start_time <= spans[name].start_time  # type: ignore[operator]
    assert spans["forward"].attributes == {"bakeoff.batch_size": 1}


def test_an_error_is_one_in_its_span(
    kept: InMemorySpanExporter, trained: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr("service.routes.health.check_current", fail)
    app = create_app(trained.settings)
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as http:
        http.get("/health/ready")
        http.get("/v1/jobs/none", headers={"traceparent": "00-nonsense-01"})
    spans = by_name(kept)
    assert not spans["GET /health/ready"].status.is_ok
    assert spans["GET /v1/jobs/{job_id}"].parent is None


class Kept(MetricExporter):
    """An exporter that keeps what it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.exported: list[Any] = []

    def export(self, metrics_data: Any, timeout_millis: float = 0, **kwargs: Any) -> Any:
        del timeout_millis, kwargs
        self.exported.append(metrics_data)
        return MetricExportResult.SUCCESS

    def force_flush(self, timeout_millis: float = 0) -> bool:
        del timeout_millis
        return True

    def shutdown(self, timeout_millis: float = 0, **kwargs: Any) -> None:
        del timeout_millis, kwargs


def test_metrics_are_those_of_prometheus() -> None:
    registry = CollectorRegistry()
    Counter("asked", "how often", ["who"], registry=registry).labels("me").inc(3)
    Gauge("waiting", "how many", registry=registry).set(2)
    seconds = Histogram("took_seconds", "how long", registry=registry, buckets=(1, 2))
    for value in (0.5, 1.5, 1.6, 9):
        seconds.observe(value)
    exporter = Kept()
    opentelemetry_export.start_with(exporter, registry.collect)()

    [scope] = exporter.exported[-1].resource_metrics[0].scope_metrics
    points = {metric.name: metric.data.data_points[0] for metric in scope.metrics}
    assert (points["asked"].value, points["asked"].attributes) == (3, {"who": "me"})
    assert points["waiting"].value == 2
    took = points["took_seconds"]
    assert (took.count, took.sum, took.explicit_bounds) == (4, 12.6, [1, 2])
    assert took.bucket_counts == [1, 2, 1]
    assert {metric.name: metric.unit for metric in scope.metrics}["took_seconds"] == "s"


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, []),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x"}, ["traces", "metrics"]),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://x"}, ["traces"]),
        ({"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://x"}, ["metrics"]),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_SDK_DISABLED": "TRUE"}, []),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_TRACES_EXPORTER": "none"}, ["metrics"]),
    ],
)
def test_the_standard_variables_decide(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], wanted: list[str]
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert [name for name in ("traces", "metrics") if telemetry.is_asked_for(name)] == wanted


def test_neither_sdk_nor_exporter_is_imported_where_nobody_asks() -> None:
    program = """
import sys
import service.app, service.commands.serve, workers.__main__, workers.kinds.train
from workers.observability import telemetry
telemetry.start("api")
with telemetry.span("nothing", {}):
    telemetry.add_span("nothing", telemetry.now())
print([name for name in sys.modules if name.startswith(("opentelemetry.sdk", "opentelemetry.exp"))])
"""
    command = [sys.executable, "-c", program]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.stdout.strip() == "[]", ended.stdout + ended.stderr


def test_where_it_is_not_installed_a_sentence_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http", None)
    telemetry.start("api")
    assert not telemetry.is_on()
    assert "pip install '.[server,telemetry]'" in caplog.text
