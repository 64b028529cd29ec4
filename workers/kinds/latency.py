"""The job that measures how long a model takes, by every engine, batch size and number of threads."""

import dataclasses
import platform
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any, NamedTuple

import numpy as np
import torch

from workers.engines import EngineError, Images, Placement, engines
from workers.errors import BakeoffError
from workers.latency.batch_size import largest_batch_size, too_large
from workers.latency.machine_load import load_average
from workers.latency.table import CONFIDENCE, LatencyRow, measure
from workers.processors import num_processors
from workers.queue import leases
from workers.queue.leases import Lease
from workers.queue.progress import report_progress
from workers.settings import Settings
from workers.storage import trained_models
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import open_database, transaction, utc_now
from workers.storage.retries import with_retries
from workers.storage.tables import Job, Model
from workers.training.hardware.device import device_name


class NothingMeasuredError(BakeoffError):
    """No engine can run the model as it was asked."""


class Skipped(NamedTuple):
    """What was asked for and could not be measured: an engine with a number of threads, or a batch."""

    engine: str
    threads: int
    reason: str
    batch_size: int | None = None  # None: no batch could


def run(settings: Settings, job: Job, lease: Lease) -> None:
    """Measure the table that a job asks for, and end it with the table."""
    LatencyJob(settings, job, lease).measure()


class LatencyJob:
    """One attempt at a table. Nothing is kept of it where it fails: the next attempt measures all."""

    def __init__(self, settings: Settings, job: Job, lease: Lease) -> None:
        self.job, self.lease = job, lease
        self.database = open_database(settings.resolved_database_url)
        self.artifacts = ArtifactStore(settings.resolved_artifacts_url)
        on_gpu = settings.device in {"auto", "cuda"} and torch.cuda.is_available()
        self.device = torch.device("cuda" if on_gpu else "cpu")  # as the service chooses
        self.skipped: list[Skipped] = []
        self.batch_sizes: list[int] = job.options["batch_sizes"]
        self.threads: list[int] = job.options["threads"] or sorted({1, num_processors()})
        self.engines: list[str] = job.options["engines"] or list(engines)

    def measure(self) -> None:
        """Measure cell by cell, and write down the table."""
        load = load_average()
        with transaction(self.database, read_only=True) as session:
            model = trained_models.get(session, str(self.job.model_id))
        rows = list(self._rows(model))
        if not rows:
            reasons = "; ".join(f"{cell.engine}: {cell.reason}" for cell in self.skipped)
            raise NothingMeasuredError(f"nothing could be measured ({reasons})")
        result = {
            "model_id": model.id,
            "rows": [dataclasses.asdict(row) for row in rows],
            "skipped": [cell._asdict() for cell in self.skipped],
            "confidence": CONFIDENCE,
            "device_name": device_name(self.device),
            "cores": num_processors(),
            "load_average": load,
            "versions": _versions(),
        }

        def succeed() -> None:
            with transaction(self.database) as session:
                leases.succeed(session, self.lease, result=result, now=utc_now())

        with_retries(succeed)

    def _rows(self, model: Model) -> Iterator[LatencyRow]:
        most = largest_batch_size(model, max(self.batch_sizes))
        tried = [(name, threads) for name in self.engines for threads in self.threads]
        for step, (name, threads) in enumerate(tried):
            try:
                _refuse_more_than_cores(threads)
                engine = engines[name](model, self.artifacts, Placement(self.device.type, threads))
            except EngineError as error:
                self.skipped.append(Skipped(name, threads, str(error)))
                continue
            for place, size in enumerate(self.batch_sizes):
                if size > most:
                    self.skipped.append(Skipped(name, threads, too_large(size, most), size))
                    continue
                done = step * len(self.batch_sizes) + place
                self._report(f"{name}, batch {size}, threads {threads}", done, len(tried))
                yield measure(engine, _images(model, size))

    def _report(self, cell: str, done: int, num_tried: int) -> None:
        progress: dict[str, Any] = {
            "phase": f"measuring {cell}",
            "step": done,
            "steps": num_tried * len(self.batch_sizes),
        }
        report_progress(self.database, self.lease, progress)


def _refuse_more_than_cores(threads: int) -> None:
    if threads > num_processors():
        raise EngineError(f"{threads} threads on a machine with {num_processors()} cores")


def _images(model: Model, batch_size: int) -> Images:
    """Noise: how long a network takes does not depend on what is in the picture."""
    generator = np.random.default_rng(0)
    return generator.integers(0, 256, (batch_size, *model.image_shape), dtype=np.uint8)


def _versions() -> dict[str, str]:
    libraries = ("bakeoff", "torch", "onnxruntime")
    return {
        "python": platform.python_version(),
        **{library: version(library) for library in libraries},
    }
