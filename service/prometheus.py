"""The counters of this process, which /metrics shows to Prometheus."""

from prometheus_client import CollectorRegistry

REGISTRY = CollectorRegistry()
