"""The job that makes an int8 model of a trained one, and measures what that costs and gains."""

import contextlib
import dataclasses
import platform
from collections.abc import Iterator
from functools import partial
from importlib.metadata import version
from typing import Any

import numpy as np
import torch
from sqlalchemy import inspect

from workers.datasets.image_dataset import ImageDataset, Split
from workers.datasets.listings.splits import Fold
from workers.datasets.stored.clearing import Files, clear
from workers.datasets.stored.loading import load
from workers.datasets.stored.store import DatasetStore
from workers.engines import Engine, Images, Placement, Probabilities, engines, graph_of
from workers.engines.onnx_runtime import MAX_BATCH_SIZE
from workers.exports.int8_onnx import quantise
from workers.kinds._int8_scores import paired_scores, score
from workers.latency.batch_size import largest_batch_size
from workers.latency.table import measure_in_turn
from workers.processors import num_processors
from workers.queue import leases
from workers.queue.leases import Lease
from workers.queue.progress import ImageProgress, report_progress
from workers.settings import Settings
from workers.storage import trained_models
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import UNAVAILABLE, open_database, transaction, utc_now
from workers.storage.ids import new_id
from workers.storage.ready_datasets import DatasetIdentity
from workers.storage.retries import with_retries
from workers.storage.tables import Job, Model
from workers.training.hardware.device import device_name

BATCH_SIZES = (1, 8, 64)  # whose latency is measured


def run(settings: Settings, job: Job, lease: Lease) -> None:
    """Quantise the model of a job, evaluate both on the same images, and end the job with the int8 one."""
    QuantiseJob(settings, job, lease).quantise()


class QuantiseJob:
    """One attempt at quantising. Nothing is kept of it where it fails: the next attempt does all again."""

    def __init__(self, settings: Settings, job: Job, lease: Lease) -> None:
        self.job, self.lease = job, lease
        self.database = open_database(settings.resolved_database_url)
        self.artifacts = ArtifactStore(settings.resolved_artifacts_url)
        self.datasets = DatasetStore(self.artifacts, settings.datasets_folder)
        self.identity = DatasetIdentity(str(job.dataset_sha256), str(job.dataset_split))
        self.progress = ImageProgress(self.database, lease)
        self.batch_size: int

    def quantise(self) -> None:
        """Make the graph, evaluate and time both models, and write down the int8 one."""
        job = self.job
        with transaction(self.database, read_only=True) as session:
            original = trained_models.get(session, str(job.model_id))
        path = self.datasets.path(self.identity, job.dataset)
        dataset = load(path, job.dataset, Fold.of(job.fold, job.folds))
        self.batch_size = largest_batch_size(original, MAX_BATCH_SIZE)
        int8 = self._make_model(original, dataset.train)
        num_calibrating = min(job.options["images"], len(dataset.train))
        result = {
            "model_id": int8.id,
            "quantised_from": original.id,
            "dataset_sha256": self.identity.sha256,
            "dataset_split": self.identity.split,
            "fold": job.fold,
            "folds": job.folds,
            "margin": job.options["margin"],
            "calibration": {"images": num_calibrating, "seed": job.options["seed"]},
            **self._evaluate(original, int8, dataset),
            "bytes": {"original": graph_of(original)["bytes"], "int8": graph_of(int8)["bytes"]},
            "latency": self._measure_latency(original, int8),
            **_evidence(),
        }
        int8.validation_accuracy = result["validation"]["accuracy"]
        int8.test_accuracy = result["test"]["accuracy"]
        self._succeed(int8, result)

    def _make_model(self, original: Model, train: Split) -> Model:
        """The int8 model; its graph is stored, its row is not written yet."""
        graph = graph_of(original)
        content = self.artifacts.get(graph["path"], sha256=graph["sha256"])
        int8 = quantise(content, partial(self._calibration, train))
        model_id = new_id()
        path = f"models/{model_id}/model.onnx"
        digest = with_retries(lambda: self.artifacts.put(path, int8))
        columns = {name: getattr(original, name) for name in inspect(Model).column_attrs.keys()}  # noqa: SIM118 - no dict
        own = {
            "id": model_id,
            "job_id": self.job.id,
            "created_at": utc_now(),
            "onnx": {"path": path, "sha256": digest, "bytes": len(int8), "opset": graph["opset"]},
            "quantised_from": original.id,
            "name": None,
            "note": None,
            "tags": [],
            "search_text": "",
        }
        return Model(**(columns | own))

    def _calibration(self, train: Split) -> Iterator[Images]:
        """Train images, drawn by the seed of the job, batch by batch."""
        generator = torch.Generator().manual_seed(self.job.options["seed"])
        drawn = torch.randperm(len(train), generator=generator)[: self.job.options["images"]]
        for number, images in enumerate(train.batches(self.batch_size, drawn)):
            self.progress.report("calibrating", number * self.batch_size, len(drawn))
            yield images.contiguous().numpy()

    def _evaluate(self, original: Model, int8: Model, dataset: ImageDataset) -> dict[str, Any]:
        """The fields of the result that follow from both models' probabilities of the same images."""
        engine = self._engine(int8, num_processors())
        of_validation = self._classify(engine, dataset.validation, "evaluating on validation")
        of_int8 = self._classify(engine, dataset.test, "evaluating on test")
        engine = self._engine(original, num_processors())
        of_original = self._classify(engine, dataset.test, "evaluating the original on test")
        return {
            "validation": score(of_validation, dataset.validation.labels),
            **paired_scores(of_original, of_int8, dataset.test.labels, dataset.classes),
        }

    def _classify(self, engine: Engine, split: Split, phase: str) -> Probabilities:
        parts: list[Probabilities] = []
        for number, images in enumerate(split.batches(self.batch_size)):
            self.progress.report(phase, number * self.batch_size, len(split))
            parts.append(engine.classify(images.contiguous().numpy()))
        return np.concatenate(parts)

    def _engine(self, model: Model, threads: int) -> Engine:
        """A model as it is served."""
        return engines["onnxruntime"](model, self.artifacts, Placement("cpu", threads))

    def _measure_latency(self, original: Model, int8: Model) -> list[dict[str, Any]]:
        """Both models in turn, at each batch size that memory allows, with one thread and with all."""
        sizes = [size for size in BATCH_SIZES if size <= self.batch_size]
        cells = [(threads, size) for threads in sorted({1, num_processors()}) for size in sizes]
        noise = np.random.default_rng(0)  # what is in a picture does not change how long it takes
        measured = []
        for number, (threads, size) in enumerate(cells):
            phase = f"measuring batch {size}, threads {threads}"
            progress = {"phase": phase, "step": number, "steps": len(cells)}
            report_progress(self.database, self.lease, progress)
            pair = [self._engine(model, threads) for model in (original, int8)]
            images = noise.integers(0, 256, (size, *original.image_shape), dtype=np.uint8)
            rows = [dataclasses.asdict(row) for row in measure_in_turn(pair, images)]
            measured.append({"original": rows[0], "int8": rows[1]})
        return measured

    def _succeed(self, int8: Model, result: dict[str, Any]) -> None:
        def succeed() -> None:
            with transaction(self.database) as session:
                session.merge(int8)  # not add: a second try must not find it in a closed session
                leases.succeed(session, self.lease, result=result, now=utc_now())

        with_retries(succeed)
        # The dataset's file may have been kept for this job alone: its name has moved on.
        with contextlib.suppress(*UNAVAILABLE):
            clear(self.database, self.datasets, Files(self.identity))


def _evidence() -> dict[str, Any]:
    libraries = ("bakeoff", "onnx", "onnxruntime", "torch")
    return {
        "device_name": device_name(torch.device("cpu")),
        "cores": num_processors(),
        "versions": {
            "python": platform.python_version(),
            **{library: version(library) for library in libraries},
        },
    }
