"""make bench-augmentation: our augmentation beside torchvision.transforms.v2 → docs/augmentation.md.

Whole batches here; there an image at a time where its random numbers are its own, and for mixing a
batch. Both from uint8 to normalised float32 images, channels last as convolutions take
them. What is counted is the processor time of a single thread, since v2 would run in as many processes
as there are processors.
"""

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import torch
import typer
from rich.console import Console
from torch import Tensor

from benchmarks.evidence import evidence
from benchmarks.printed import ROOT
from benchmarks.spread import spread
from models import ImageShape
from models._torchvision import import_torchvision
from workers.training.augmentation.augment import augment
from workers.training.augmentation.draws import draw
from workers.training.hardware.device import prepare
from workers.training.normalisation import Normalisation
from workers.training.recipe import Recipe

TARGET = ROOT / "docs" / "augmentation.md"
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
BATCHES: Final = ((128, ImageShape(3, 32, 32)), (32, ImageShape(3, 224, 224)))
CLASSES = 10
ROUNDS = 3
SECONDS = 0.4  # of processor time, at least, in a round of one way

CPU = torch.device("cpu")
RESIZED: Final[dict[str, Any]] = {"augmentation": "resized_crop_and_flip"}
TRIVIAL: Final[dict[str, Any]] = {"augmentation_policy": "trivial_augment"}
RECIPES: Final[dict[str, dict[str, Any]]] = {
    "`crop_and_flip`": {"augmentation": "crop_and_flip"},
    "`resized_crop_and_flip`": RESIZED,
    "`trivial_augment`": TRIVIAL,
    "`colour_jitter` 0.4": {"colour_jitter": 0.4},
    "`erasing` 0.25": {"erasing": 0.25},
    "`mixup`": {"mix": "mixup"},
    "`cutmix`": {"mix": "cutmix"},
    "resized, trivial, erasing and `cutmix`": {
        **RESIZED,
        **TRIVIAL,
        "erasing": 0.25,
        "mix": "cutmix",
    },
}

Batch = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class Case:
    """A batch of stored images and their labels, and what is done to it."""

    recipe: Recipe
    stored: Tensor
    labels: Tensor

    @property
    def shape(self) -> ImageShape:
        """The shape of an image."""
        return ImageShape(*self.stored.shape[1:])


def main() -> None:
    """Measure, print and write the page."""
    prepare(CPU)
    torch.set_num_threads(1)  # threads that wait for each other spin, which is processor time too
    rows = [
        row(name, case(fields, num_images, shape))
        for (num_images, shape), (name, fields) in itertools.product(BATCHES, RECIPES.items())
    ]
    TARGET.write_text(page(rows))
    Console().print(*rows, sep="\n", soft_wrap=True, highlight=False, markup=False)


def case(fields: dict[str, Any], num_images: int, shape: ImageShape) -> Case:
    """A batch of noise."""
    generator = torch.Generator().manual_seed(0)
    stored = torch.randint(0, 256, (num_images, *shape), dtype=torch.uint8, generator=generator)
    labels = torch.randint(0, CLASSES, (num_images,), generator=generator)
    return Case(Recipe(**fields), stored, labels)


def ours(given: Case) -> Callable[[], Batch]:
    """The batch as a step of a training has it."""
    normalise = Normalisation(MEAN, STD, CPU)
    generator = torch.Generator().manual_seed(0)
    stored = given.stored.contiguous(memory_format=torch.channels_last)

    def batch() -> Batch:
        draws = draw(given.recipe, len(stored), given.shape, generator)
        images, (labels, *_) = augment(stored, given.labels, draws, given.recipe, normalise)
        return images, labels

    return batch


def theirs(given: Case) -> Callable[[], Batch]:
    """The batch as a data loader of transforms.v2 has it: images change as uint8, which is faster there."""
    import_torchvision()
    from torchvision.transforms import v2

    changes = [*_places(v2, given), *_colours(v2, given.recipe)]
    changed = v2.Compose(changes) if changes else None
    normalised = v2.Compose([v2.ToDtype(torch.float32, scale=True), v2.Normalize(MEAN, STD)])
    mixes = {"mixup": v2.MixUp, "cutmix": v2.CutMix}
    mixed = mixes[given.recipe.mix](num_classes=CLASSES) if given.recipe.mix in mixes else None

    def batch() -> Batch:
        stored = given.stored
        if changed:
            stored = torch.stack([changed(image) for image in stored])
        images = normalised(stored).contiguous(memory_format=torch.channels_last)
        both: Batch = mixed(images, given.labels) if mixed else (images, given.labels)
        return both

    return batch


def _places(v2: Any, given: Case) -> list[Any]:
    side, flip = given.shape.height, v2.RandomHorizontalFlip()
    return {
        "none": [],
        "crop_and_flip": [v2.RandomCrop(side, side // 8, padding_mode="reflect"), flip],
        "resized_crop_and_flip": [v2.RandomResizedCrop(side), flip],
    }[given.recipe.augmentation]


def _colours(v2: Any, recipe: Recipe) -> list[Any]:
    strength = recipe.colour_jitter
    policy = recipe.augmentation_policy == "trivial_augment"
    return [
        *([v2.ColorJitter(strength, strength, strength)] if strength else []),
        *([v2.TrivialAugmentWide()] if policy else []),
        *([v2.RandomErasing(recipe.erasing)] if recipe.erasing else []),
    ]


def row(name: str, given: Case) -> str:
    """A line of the table: both in images per second of processor time, and their ratio in each round."""
    ways = ours(given), theirs(given)
    for way in ways:
        way()
    rounds = [[images_per_second(way, len(given.labels)) for way in ways] for _ in range(ROUNDS)]
    medians = [f"{sorted(speeds)[ROUNDS // 2]:,.0f}" for speeds in zip(*rounds, strict=True)]
    side = given.shape.height
    cells = [name, f"{side} × {side}", *medians, spread([mine / v2 for mine, v2 in rounds], "×")]
    return f"| {' | '.join(cells)} |"


def images_per_second(batch: Callable[[], Batch], num_images: int) -> float:
    """Images per second of processor time, of all threads."""
    batches, start = 0, time.process_time()
    while (seconds := time.process_time() - start) < SECONDS:
        batch()
        batches += 1
    return batches * num_images / seconds


def page(rows: list[str]) -> str:
    """The page as Markdown."""
    sizes = " and ".join(
        f"{num_images} images of {shape.height} × {shape.width}" for num_images, shape in BATCHES
    )
    return "\n".join(
        [
            "# The speed of augmentation",
            "",
            f"Written by `make bench-augmentation` on {datetime.now(UTC):%Y-%m-%d}; do not edit.",
            "",
            f"{evidence('torchvision')}.",
            "",
            f"Batches of {sizes}, from stored uint8 to normalised float32 in channels last, in colour:"
            " images per second of processor time (one thread, user and system), and how many times"
            f" as many ours are; median and range over n = {ROUNDS} rounds. `transforms.v2` changes"
            " an image at a time, since each has random numbers of its own; it mixes and normalises batches.",
            "",
            "| augmentation | images | ours | `transforms.v2` | ratio |",
            "|---|---|---:|---:|---:|",
            *rows,
            "",
            "Why there is code of our own: [decision 29](decisions/0029-augmentation-of-whole-batches.md).",
            "",
        ]
    )


if __name__ == "__main__":
    typer.run(main)
