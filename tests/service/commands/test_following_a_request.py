"""One request, followed by its id through real processes: in their lines of JSON, and in their traces."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections import defaultdict
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest
from google.protobuf.message import Message
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from benchmarks.ports import free_port
from tests.http_server import Handler, LocalServer
from tests.waiting import until

TRACE = "0af7651916cd43dd8448eb211c80319c"


class Collector:
    """What an OpenTelemetry collector would have received by OTLP over HTTP."""

    def __init__(self) -> None:
        self.spans: list[tuple[str, Any]] = []  # the process, and the span
        self.metrics: dict[str, Any] = {}
        self._lock = threading.Lock()

    def handler(self) -> type[BaseHTTPRequestHandler]:
        collector = self

        class Receiver(Handler):
            def do_POST(self) -> None:  # noqa: N802 - http.server calls it so
                body = self.rfile.read(int(self.headers["Content-Length"]))
                collector.receive(self.path, body)
                self.answer(200, b"", {"Content-Type": "application/x-protobuf"})

        return Receiver

    def receive(self, path: str, body: bytes) -> None:
        kinds = {
            "/v1/traces": ExportTraceServiceRequest,
            "/v1/metrics": ExportMetricsServiceRequest,
        }
        request: Message = kinds[path].FromString(body)  # type: ignore[attr-defined]
        with self._lock:
            for resource in getattr(request, "resource_spans", ()):
                named = {item.key: item.value for item in resource.resource.attributes}
                assert named["service.name"].string_value == "shop"
                role = named["bakeoff.process"].string_value
                self.spans += [(role, s) for scope in resource.scope_spans for s in scope.spans]
            for resource in getattr(request, "resource_metrics", ()):
                for scope in resource.scope_metrics:
                    self.metrics |= {metric.name: metric for metric in scope.metrics}


@pytest.mark.slow
def test_one_id_leads_from_the_client_to_the_epochs_of_its_job(tmp_path: Path) -> None:
    collector, port = Collector(), free_port()
    with LocalServer(collector.handler()) as server, (tmp_path / "log").open("wb") as log:
        environment = {
            **os.environ,
            "BAKEOFF_DATA": str(tmp_path / "data"),
            "BAKEOFF_DEVICE": "cpu",
            "BAKEOFF_LOG_FORMAT": "json",
            "OTEL_EXPORTER_OTLP_ENDPOINT": server.url,
            "OTEL_SERVICE_NAME": "shop",
            "OTEL_BSP_SCHEDULE_DELAY": "200",
        }
        up = subprocess.Popen(
            [sys.executable, "-m", "bakeoff", "up", "--port", str(port)],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
        try:
            ask(port, up)
            until(lambda: "job train" in [span.name for _, span in collector.spans])
        finally:
            up.send_signal(signal.SIGINT)
            up.wait(timeout=60)
    check_lines((tmp_path / "log").read_text())
    check_spans(collector)
    assert {"bakeoff_jobs", "bakeoff_http_request_seconds"} <= set(collector.metrics)


def ask(port: int, up: subprocess.Popen[bytes]) -> None:
    """Let the service train, and wait until it has."""
    headers = {"X-Request-ID": "follow-me", "traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
    body = {"dataset": "digits", "architecture": "fully_connected", "recipe": {"epochs": 2}}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
        until(lambda: up.poll() is not None or is_ready(http))
        job = http.post("/v1/jobs", json=body, headers=headers).json()
        assert job["request_id"] == "follow-me"
        path = f"/v1/jobs/{job['id']}"
        until(lambda: http.get(path).json()["status"] in {"succeeded", "failed"})
        assert http.get(path).json()["status"] == "succeeded"


def is_ready(http: httpx.Client) -> bool:
    try:
        return http.get("/health/ready").is_success
    except httpx.TransportError:
        return False


def check_lines(text: str) -> None:
    """Every line is JSON, and those with the id come from service, worker and job."""
    processes = defaultdict(set)
    for line in map(json.loads, text.splitlines()):
        if line.get("request_id") == "follow-me":
            processes[line["process"]].add(line["logger"])
            assert line["trace_id"] == TRACE
    loggers = list(processes.values())
    assert len(loggers) == 3, text
    for needed in ("workers.queue.jobs", "workers.running.worker", "workers.running.job_process"):
        assert [names for names in loggers if needed in names], needed


def check_spans(collector: Collector) -> None:
    traced = [(role, span.name) for role, span in collector.spans if span.trace_id.hex() == TRACE]
    assert sorted(traced) == sorted(
        [
            ("api", "POST /v1/jobs"),
            ("worker", "claim"),
            *[("job", name) for name in ("job train", "prepare", "epoch", "epoch", "finish")],
        ]
    )
