"""Counts and durations of each model's predictions, for /metrics and the Open Inference Protocol."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from prometheus_client import Counter, Histogram

from service.inference.batcher import Classified
from service.metrics.prometheus import REGISTRY

LABELS = ["model", "engine"]
BUCKETS = (
    *(0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025),
    *(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
# The names are Triton's, with our prefix and in seconds.
SUCCESS = Counter(
    "bakeoff_inference_request_success", "predictions answered", LABELS, registry=REGISTRY
)
FAILURE = Counter(
    "bakeoff_inference_request_failure", "predictions not computed", LABELS, registry=REGISTRY
)
COUNT = Counter("bakeoff_inference_count", "images classified", LABELS, registry=REGISTRY)
QUEUE = Histogram(
    "bakeoff_inference_queue_duration_seconds",
    "waiting for the model",
    LABELS,
    registry=REGISTRY,
    buckets=BUCKETS,
)
COMPUTE = Histogram(
    "bakeoff_inference_compute_infer_duration_seconds",
    "from pixels to probabilities, of the whole batch a request was in",
    LABELS,
    registry=REGISTRY,
    buckets=BUCKETS,
)
BATCH = Histogram(
    "bakeoff_inference_batch_size",
    "images computed together, seen by each request",
    LABELS,
    registry=REGISTRY,
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256),
)


@dataclass
class Tally:
    """How many times, and how many nanoseconds in all."""

    count: int = 0
    ns: int = 0

    def add(self, seconds: float) -> None:
        """Count one more."""
        self.count, self.ns = self.count + 1, self.ns + round(1e9 * seconds)


@dataclass
class PredictionCounts:
    """Counts of one model by one engine, since the service started."""

    model_id: str
    engine: str
    num_images: int = 0
    num_batches: int = 0
    last_at: datetime | None = None
    success: Tally = field(default_factory=Tally)
    fail: Tally = field(default_factory=Tally)
    queue: Tally = field(default_factory=Tally)
    compute: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        labels = (self.model_id, self.engine)
        self._success, self._failure = SUCCESS.labels(*labels), FAILURE.labels(*labels)
        self._count, self._batch = COUNT.labels(*labels), BATCH.labels(*labels)
        self._queue, self._compute = QUEUE.labels(*labels), COMPUTE.labels(*labels)

    def note(self, classified: Classified) -> None:
        """Count a request that was answered."""
        queue, forward = classified.queue_seconds, classified.forward_seconds
        self.num_images += len(classified.probabilities)
        self.last_at = datetime.now(UTC)
        self.success.add(queue + forward)
        self.queue.add(queue)
        self.compute.add(forward)
        self._success.inc()
        self._count.inc(len(classified.probabilities))
        self._queue.observe(queue)
        self._compute.observe(forward)
        self._batch.observe(classified.batch_size)

    def note_batch(self) -> None:
        """Count a call of the engine, which may answer several requests."""
        self.num_batches += 1

    def note_failure(self, seconds: float) -> None:
        """Count a request that was not computed: refused, expired, or left by its client."""
        self.fail.add(seconds)
        self._failure.inc()
