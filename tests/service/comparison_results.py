"""Fixtures: the results of comparisons of any size, as a worker would have written them."""

import functools
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from service.analysis.predictions import Predictions
from service.analysis.results import ComparisonResults, LabelledArchitecture, Run

LAYERS = [("stem", "Conv2d"), ("norm", "BatchNorm2d"), ("block.conv", "Conv2d"), ("head", "Linear")]
Make = Callable[..., ComparisonResults]


def run(architecture: int, seed: int, fold: int | None, epochs: int, classes: int) -> Run:
    generator = np.random.default_rng([architecture, seed, *([fold] if fold else [])])
    error = 0.3 / (architecture + 1) * np.exp(-np.arange(1, epochs + 1) / 4) + 0.01 * (
        1 + generator.random(epochs)
    )
    names = {f"{split}_loss": error * 3 * scale for split, scale in SPLITS.items()}
    names |= {f"{split}_accuracy": 1 - error * scale for split, scale in SPLITS.items()}
    names |= {f"{split}_images": np.full(epochs, n) for split, n in EVALUATED.items()}
    names |= {f"gradient_norm/{n}": 0.1 + generator.random(epochs) for n, _ in LAYERS}
    names |= {f"update_ratio/{n}": 1e-3 * (0.1 + generator.random(epochs)) for n, _ in LAYERS}
    names |= {f"dead_relu/{n}": generator.random(epochs) / 3 for n in ("relu", "block.relu")}
    return Run(
        job_id=job_id(architecture, seed, fold),
        architecture=f"network_{architecture}",
        seed=seed,
        fold=fold,
        status="succeeded",
        model_id=job_id(architecture, seed, fold).replace("job", "model"),
        epochs={name: values.tolist() for name, values in names.items()},
        result=result(generator, architecture, error[-1], epochs, classes),
        latency=latency(architecture) if architecture != 1 else None,
    )


def job_id(architecture: int, seed: int, fold: int | None) -> str:
    return f"job-{architecture}-{seed}" + (f"-{fold}" if fold else "")


def latency(architecture: int) -> dict[str, Any]:
    """What a job has measured of a model: two engines, five sizes, one thread and two."""
    ways = [(name, threads) for name in ("onnxruntime", "torch") for threads in (1, 2)]
    return {
        "job_id": f"latency-{architecture}",
        "rows": [
            {
                "engine": name,
                "threads": threads,
                "batch_size": size,
                "p50": 3e-5 * len(name) * (architecture + 1) * size ** (1 / threads),
                "p99": 5e-5 * len(name) * (architecture + 1) * size ** (1 / threads),
            }
            for name, threads in ways
            for size in (1, 4, 16, 64, 256)
        ],
    }


NUM_IMAGES = 300


def predictions(architecture: int, seed: int, classes: int) -> Predictions:
    """Of networks that are right the more often, the higher their number."""
    generator = np.random.default_rng([7, architecture, seed])
    labels = np.arange(NUM_IMAGES) % classes
    logits = (
        generator.normal(size=(NUM_IMAGES, classes)) + (2 + architecture) * np.eye(classes)[labels]
    )
    odds = np.exp(2 * logits)
    return Predictions((odds / odds.sum(axis=1, keepdims=True)).astype(np.float32), labels)


def by_fold(whole: Predictions, folds: int | None) -> dict[int | None, Predictions]:
    """Predictions of all images, cut into those of each fold."""
    if folds is None:
        return {None: whole}
    arrays = (whole.probabilities, whole.labels)
    parts = zip(*(np.array_split(array, folds) for array in arrays), strict=True)
    return {fold: Predictions(*part) for fold, part in enumerate(parts, start=1)}


def images() -> Any:
    return np.random.default_rng(0).integers(0, 255, (NUM_IMAGES, 1, 8, 8), dtype=np.uint8)


SPLITS = {"train": 0.5, "validation": 1.0, "test": 1.1}
EVALUATED = {"train": 10_000, "validation": 6_000, "test": 10_000}  # images, after each epoch


def result(
    generator: Any, architecture: int, error: float, epochs: int, classes: int
) -> dict[str, Any]:
    counts = generator.integers(0, 5, (classes, classes)) + 50 * np.eye(classes, dtype=int)
    rates = np.linspace(0, 1, 50)
    score = {
        split: {"loss": 3 * error * scale, "accuracy": 1 - error * scale, "images": 1000}
        for split, scale in SPLITS.items()
    }
    return {
        **score,
        "macro_auc": 0.99,
        "ece": error / 2,
        "brier": 2 * error,
        "reliability": [
            {"images": 10 * n, "confidence": (n + 0.5) / 15, "accuracy": (n + 0.3) / 15}
            if n
            else {"images": 0, "confidence": None, "accuracy": None}
            for n in range(15)
        ],
        "confusion_matrix": counts.tolist(),
        "per_class": [{"name": f"class {n}"} for n in range(classes)],
        "roc": [
            {
                "name": f"class {n}",
                "false_positive_rate": rates.tolist(),
                "true_positive_rate": (rates ** (1 / (5 + n))).tolist(),
                "auc": 0.9 + 0.09 * n / classes,
            }
            for n in range(classes)
        ],
        "layers": [{"name": name, "kind": kind} for name, kind in LAYERS],
        "num_parameters": 10_000 * (architecture + 1) ** 2,
        "flops": 1_000_000 * (architecture + 1),
        "model_bytes": 40_000,
        "latency": [
            {"batch_size": n, "p50": 1e-4 * n**0.5 * (architecture + 1), "p99": 3e-4 * n**0.5}
            for n in (1, 8, 64)
        ],
        "epochs": epochs,
        "best_epoch": epochs,
        "train_seconds": 10.0 + architecture,
        "images_per_second": 5000.0,
        "device_name": "a processor (cpu)",
        "threads": 2,
        "precision": "float32",
        "precision_reason": "asked for",
        "versions": {"torch": "2.13.0"},
        "dataset_sha256": "0123456789abcdef0123",
    }


@pytest.fixture(scope="session")
def make() -> Make:
    """Makes results: `make(architectures, seeds, epochs, classes, folds)`; of a size always the same."""

    @functools.cache
    def build(
        architectures: int = 3,
        seeds: int = 3,
        epochs: int = 5,
        classes: int = 10,
        folds: int | None = None,
    ) -> ComparisonResults:
        numbers = range(architectures)
        return ComparisonResults(
            id="abc",
            name="a <b>comparison</b>",
            dataset="digits",
            recipe={
                "epochs": epochs,
                "optimizer": "adam",
                "learning_rate": 1e-3,
                "batch_size": 128,
            },
            recipe_hash="0123456789",
            seeds=tuple(range(seeds)),
            folds=folds,
            labelled_architectures=tuple(
                LabelledArchitecture(name=f"network_{n}", label=f"network_{n}", options={})
                for n in numbers
            ),
            runs=tuple(
                run(n, seed, fold, epochs, classes)
                for seed in range(seeds)
                for fold in (range(1, folds + 1) if folds else [None])
                for n in numbers
            ),
            test_images=images,
            predictions={
                job_id(n, seed, fold): part
                for seed in range(seeds)
                for n in numbers
                for fold, part in by_fold(predictions(n, seed, classes), folds).items()
            },
        )

    return build


@pytest.fixture
def unfinished(make: Make) -> ComparisonResults:
    """One run waits, one has diverged after an epoch, one has no AUC, the others have ended."""
    whole = make()
    waiting = Run("w", "network_0", 0, "queued")
    diverged = Run(
        "d",
        "network_1",
        0,
        "failed",
        epochs={
            name: [values[0], None]
            for name, values in whole.runs[1].epochs.items()
            if not math.isnan(float(values[0] or 0))
        },
    )
    last = whole.runs[2]
    without_auc = {
        **(last.result or {}),
        "macro_auc": None,
        "roc": [{**curve, "auc": None} for curve in (last.result or {})["roc"]],
    }
    blind = Run("b", "network_2", 0, "succeeded", "m", last.epochs, without_auc)
    runs = (waiting, diverged, blind, *whole.runs[3:])
    return replace(whole, runs=runs)
