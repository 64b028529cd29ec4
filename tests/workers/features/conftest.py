"""Shortcuts for features: nothing here judges a latency, and few tests judge an engine."""

from collections.abc import Iterator

import pytest

from workers.features import trials
from workers.training.measuring import latency


@pytest.fixture(scope="module", autouse=True)  # not the session: other rooms judge latencies
def _short_latency() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("WARM_UP_SECONDS", 0), ("MEASURE_SECONDS", 0), ("MIN_SAMPLES", 1)):
            patch.setattr(latency, name, value)
        yield


@pytest.fixture
def _torch_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try torch in float32 alone, for tests that compute features again and again."""
    all_extractors = trials.extractors
    monkeypatch.setattr(trials, "extractors", lambda *given: [next(all_extractors(*given))])
