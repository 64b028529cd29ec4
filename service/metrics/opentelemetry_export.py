"""What /metrics has, sent by OpenTelemetry too where its standard variables ask for that.

The counters stay those of prometheus_client, which every request counts with; here they are read once a
minute and written in OpenTelemetry's form: cumulative sums, gauges, and histograms with their buckets.
"""

import logging
import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.samples import Sample
from sqlalchemy import Engine

from service.metrics.prometheus import REGISTRY, count_jobs
from workers.observability import telemetry
from workers.storage.database import UNAVAILABLE, transaction

logger = logging.getLogger(__name__)

INTERVAL = "OTEL_METRIC_EXPORT_INTERVAL"  # milliseconds
STARTED = time.time_ns()

Families = Callable[[], Iterable[Metric]]


def start(database: Engine) -> Callable[[], None]:
    """Send metrics every minute, if that is asked for; what is returned sends them once more and stops."""

    def families() -> list[Metric]:
        with transaction(database, read_only=True) as session:
            counts = count_jobs(session)
        jobs = GaugeMetricFamily("bakeoff_jobs", "jobs by status", labels=["status"])
        for status, count in counts.items():
            jobs.add_metric([status], count)
        return [*REGISTRY.collect(), jobs]

    if not telemetry.is_asked_for("metrics") or not telemetry.is_installed():
        return lambda: None
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter

    return start_with(OTLPMetricExporter(), families)


def start_with(exporter: Any, families: Families) -> Callable[[], None]:
    """Send metrics to an exporter, as `start` does."""
    seconds = float(os.environ.get(INTERVAL) or 60_000) / 1e3
    stopped = threading.Event()

    def send() -> None:
        try:
            exporter.export(metrics_data(families()))
        except UNAVAILABLE as error:
            logger.warning("metrics are sent later: %s", error)

    def send_often() -> None:
        while not stopped.wait(seconds):
            send()

    thread = threading.Thread(target=send_often, name="send metrics", daemon=True)
    thread.start()

    def stop() -> None:
        stopped.set()
        thread.join()
        send()
        exporter.shutdown()

    return stop


def metrics_data(families: Iterable[Metric]) -> Any:
    """The metrics in the form that exporters take."""
    from opentelemetry.sdk.metrics.export import MetricsData, ResourceMetrics, ScopeMetrics
    from opentelemetry.sdk.util.instrumentation import InstrumentationScope

    metrics = [made for family in families if (made := _metric(family))]
    scope = ScopeMetrics(InstrumentationScope("bakeoff"), metrics, schema_url="")
    return MetricsData([ResourceMetrics(telemetry.resource("api"), [scope], schema_url="")])


def _metric(family: Metric) -> Any:
    from opentelemetry.sdk.metrics import export

    now = time.time_ns()
    cumulative = export.AggregationTemporality.CUMULATIVE
    data: Any
    if family.type == "histogram":
        data = export.Histogram(list(_histograms(family.samples, now)), cumulative)
    elif family.type in {"counter", "gauge"}:
        name = f"{family.name}_total" if family.type == "counter" else family.name
        points = [
            export.NumberDataPoint(sample.labels, STARTED, now, sample.value)
            for sample in family.samples
            if sample.name == name
        ]
        is_sum = family.type == "counter"
        data = export.Sum(points, cumulative, True) if is_sum else export.Gauge(points)  # noqa: FBT003 - its signature
    else:
        return None
    unit = "s" if family.name.endswith("_seconds") else "1"
    return export.Metric(family.name, family.documentation, unit, data)


def _histograms(samples: Iterable[Sample], now: int) -> Iterator[Any]:
    """A point for each set of labels; Prometheus counts cumulatively over the buckets, and we do not."""
    from opentelemetry.sdk.metrics.export import HistogramDataPoint

    unknown: Any = None
    found: dict[tuple[tuple[str, str], ...], dict[str, Any]] = defaultdict(lambda: {"buckets": []})
    for sample in samples:
        labels = {name: value for name, value in sample.labels.items() if name != "le"}
        point = found[tuple(sorted(labels.items()))]
        kind = sample.name.rpartition("_")[2]
        if kind == "bucket":
            point["buckets"].append((float(sample.labels["le"]), int(sample.value)))
        else:
            point[kind] = sample.value
    for key, point in found.items():
        buckets = sorted(point["buckets"])
        counts = [count for _, count in buckets]
        yield HistogramDataPoint(
            attributes=dict(key),
            start_time_unix_nano=STARTED,
            time_unix_nano=now,
            count=int(point["count"]),
            sum=point["sum"],
            bucket_counts=[
                after - before for before, after in zip([0, *counts], counts, strict=False)
            ],
            explicit_bounds=[bound for bound, _ in buckets[:-1]],
            min=unknown,
            max=unknown,
        )
