"""make equivalence: compare the accuracy of the trainer with the ordinary loop's → docs/equivalence.md.

The ordinary loop, the trainer in float32 and the trainer in bfloat16 train the same network on the
same images with the same batch size, Adam, epochs and seeds. A difference in accuracy comes from the
trainers or from the noise of the seeds.
"""

import dataclasses
import json
import statistics
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import torch
import typer
from rich.console import Console
from scipy.stats import t as student
from torch import nn

from benchmarks import datasets
from benchmarks.contenders import BATCH_SIZE, LEARNING_RATE, NUM_CLASSES, SHAPES, Work, ordinary
from benchmarks.evidence import evidence
from benchmarks.printed import ROOT
from workers.datasets.image_dataset import ImageDataset, Split
from workers.training.hardware import device as devices
from workers.training.measuring.evaluation import score
from workers.training.normalisation import Normalisation
from workers.training.recipe import AskedPrecision, Recipe
from workers.training.trainer import Trainer, build

Way = Literal["ordinary", "float32", "bfloat16"]
WAYS: tuple[Way, ...] = ("ordinary", "float32", "bfloat16")
LEVEL = 0.95
TARGET = ROOT / "docs" / "equivalence.md"
NUMBERS = ROOT / "docs" / "equivalence.json"


def main(
    images: Annotated[int, typer.Option(help="Train images, the first of the split.")] = 5000,
    epochs: Annotated[int, typer.Option(help="Passes over them.")] = 4,
    seeds: Annotated[int, typer.Option(help="How many seeds each way trains with.")] = 5,
    architecture: Annotated[list[str] | None, typer.Option(help="Only these.")] = None,
) -> None:
    """Train, print and write the page; architectures left out keep their numbers."""
    devices.prepare(devices.resolve("auto"))
    known: dict[str, Any] = json.loads(NUMBERS.read_text()) if NUMBERS.exists() else {}
    for name in architecture or SHAPES:
        dataset = _dataset(SHAPES[name][0], images)
        known[name] = {
            "dataset": f"{dataset.name}, {images:,} images, {epochs} epochs",
            "evidence": evidence(),
            "test_images": len(dataset.test),
            "accuracies": {
                way: [_accuracy(way, name, dataset, epochs, seed) for seed in range(seeds)]
                for way in WAYS
            },
        }
        NUMBERS.write_text(json.dumps(known, indent=1) + "\n")
        Console().print(row(name, known[name]), soft_wrap=True, highlight=False)
    TARGET.write_text(page({name: known[name] for name in SHAPES if name in known}))


def _dataset(channels: int, images: int) -> ImageDataset:
    """MNIST, or CIFAR-10 under either of its names, with fewer train images."""
    whole = datasets.load(*(("mnist",) if channels == 1 else ("cifar10", "cifar10_images")))
    few = Split(whole.train.images[:images], whole.train.labels[:images])
    return dataclasses.replace(whole, train=few, moments=None)


def _accuracy(way: Way, architecture: str, dataset: ImageDataset, epochs: int, seed: int) -> float:
    """Test accuracy of one training."""
    if way == "ordinary":
        network = _ordinary(architecture, dataset, epochs, seed)
    else:
        network = _ours(architecture, dataset, epochs, seed, way)
    device = devices.resolve("auto")
    normalise = Normalisation(dataset.mean, dataset.std, device)
    network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return score(network, dataset.test.to(device), normalise).accuracy


def _ordinary(architecture: str, dataset: ImageDataset, epochs: int, seed: int) -> nn.Module:
    images, labels = dataset.train.images.numpy(), dataset.train.labels.numpy()
    work = Work(architecture, images, labels, dataset.mean, dataset.std, epochs, seed)
    return ordinary.train(work)[0]


def _ours(
    architecture: str, dataset: ImageDataset, epochs: int, seed: int, precision: AskedPrecision
) -> nn.Module:
    recipe = Recipe(
        epochs=epochs, batch_size=BATCH_SIZE, learning_rate=LEARNING_RATE, precision=precision
    )
    network = build(architecture, {}, dataset.image_shape, NUM_CLASSES, seed=seed)
    trainer = Trainer(network, dataset, recipe, seed=seed, device=devices.resolve("auto"))
    for _ in trainer.epochs():
        pass
    return trainer.network


def row(architecture: str, found: dict[str, Any]) -> str:
    """A line of the table."""
    ways = found["accuracies"]
    cells = [
        architecture,
        found["dataset"],
        *(
            f"{100 * statistics.mean(ways[way]):.2f} ± {100 * statistics.stdev(ways[way]):.2f}"
            for way in WAYS
        ),
        _difference(ways["ordinary"], ways["float32"]),
        _difference(ways["float32"], ways["bfloat16"]),
    ]
    return "| " + " | ".join(cells) + " |"


def _difference(before: list[float], after: list[float]) -> str:
    """Mean difference in points with its interval, seeds taken as independent (Welch 1947)."""
    squares = [statistics.variance(values) / len(values) for values in (before, after)]
    total = sum(squares)
    freedom = (
        total**2 / sum(s**2 / (len(before) - 1) for s in squares) if total else len(before) - 1
    )
    middle = statistics.mean(after) - statistics.mean(before)
    reach = float(student.ppf((1 + LEVEL) / 2, freedom)) * total**0.5
    return f"{100 * middle:+.2f} ({100 * (middle - reach):+.2f} to {100 * (middle + reach):+.2f})"


def measured_on(known: dict[str, Any]) -> list[str]:
    """Machine, device and versions: one line if all networks have the same, else one for each."""
    by_evidence: dict[str, list[str]] = {}
    for name, found in known.items():
        by_evidence.setdefault(found["evidence"], []).append(name)
    if len(by_evidence) == 1:
        return [f"{next(iter(by_evidence))}."]
    return [f"- {', '.join(names)}: {where}." for where, names in by_evidence.items()]


def page(known: dict[str, Any]) -> str:
    """The page as Markdown."""
    last = next(reversed(known.values()))
    return "\n".join(
        [
            "# Whether fast training is as good",
            "",
            f"Written by `make equivalence` on {datetime.now(UTC):%Y-%m-%d}; do not edit.",
            "",
            "Test accuracy in percent, mean ± standard deviation over"
            f" n = {len(last['accuracies']['ordinary'])} seeds: the ordinary PyTorch loop, and"
            f" bakeoff in float32 and in bfloat16; Adam at {LEARNING_RATE:g}, batch"
            f" {BATCH_SIZE}, {last['test_images']:,} test images. Differences in points with their"
            " 95 % interval (Welch's, over seeds): where it holds 0, no difference was shown.",
            "",
            *measured_on(known),
            "",
            "| network | trained on | ordinary loop | float32 | bfloat16 | float32 − ordinary |"
            " bfloat16 − float32 |",
            "|---|---|---:|---:|---:|---:|---:|",
            *(row(name, found) for name, found in known.items()),
            "",
        ]
    )


if __name__ == "__main__":
    typer.run(main)
