"""An installation with trained models, to which damaged bodies are sent."""

from tests.service.conftest import _short_latency, trained

__all__ = ["_short_latency", "trained"]
