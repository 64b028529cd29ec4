"""A backbone that is fine-tuned on a few images of CIFAR-10, by the preset for it."""

import dataclasses
import json
import math
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from bakeoff.answers import Json
from benchmarks.backbones import cifar10
from benchmarks.backbones.installation import install
from benchmarks.backbones.page import text_of
from benchmarks.jobs import done, seconds_of
from workers.datasets.image_dataset import Split
from workers.datasets.stored.loading import load
from workers.training.presets import PRESETS

#: The network that these weights were trained for, and that the preset was chosen for, on validation.
NETWORK = "timm/tf_efficientnet_lite0"
DATASET, SEED, BATCH_SIZE = "few_images", 0, 100
NAME = "fine_tune"
PRESET = PRESETS[NAME]
OPTIONS: Final[Json] = {"pretrained": True, "resolution": 128}
GOAL, GOAL_SECONDS = 0.8, 600
SMALLEST = 1e-30  # stands for a probability of 0, whose logarithm is not finite


def measure(folder: Path, archive: Path, epochs: int) -> str:
    """Train by the preset, for so many epochs, as a job over HTTP; score the test split once."""
    zipped = folder / f"{DATASET}.zip"
    cifar10.few_images(archive, zipped)
    recipe = dataclasses.asdict(dataclasses.replace(PRESET, epochs=epochs))
    with install(folder) as (client, chosen, _):
        client.upload_dataset(DATASET, zipped)
        made = client.create_job(DATASET, NETWORK, options=OPTIONS, recipe=recipe, seed=SEED)
        job = done(client, made["id"])
        graph = client.download_onnx(job["model_id"])
    [prepared] = chosen.datasets_folder.glob("*.safetensors")
    images = load(prepared, DATASET)
    flipped = _accuracy_with_flips(graph, images.test)
    sizes = {name: len(getattr(images, name)) for name in ("train", "validation", "test")}
    return text_of(
        "Fine-tuned: the same images of CIFAR-10",
        _lines(job, epochs, flipped, sizes),
        "timm",
        "onnxruntime",
    )


def _lines(job: Json, epochs: int, flipped: float, sizes: dict[str, int]) -> list[str]:
    result = job["result"]
    accuracy, seconds, whole = result["test"]["accuracy"], result["train_seconds"], seconds_of(job)
    plain, with_flips = (_outcome(each, whole) for each in (accuracy, flipped))
    return [
        f"The preset `{NAME}`{_changed(epochs)} trains all of `{NETWORK}`, with the options"
        f" `{json.dumps(OPTIONS)}`, on {sizes['train']:,} images, and {sizes['validation']:,} others are for"
        f" validation. {epochs} epoch{'s' if epochs > 1 else ''}, n = 1 training, seed {SEED},"
        f" {result['precision']}. The preset was not chosen on the test split.",
        "",
        f"| | accuracy on {sizes['test']:,} test images, % | 95 % interval |",
        "|---|---:|---:|",
        _row("as the preset has it", accuracy, sizes["test"]),
        _row("the same weights with `test_flips`", flipped, sizes["test"]),
        "",
        f"Training took {seconds:.0f} s, {seconds / result['epochs']:.1f} s an epoch; the whole job, with the"
        f" scores of every epoch, its model and its ONNX graph, {whole:.0f} s. `test_flips`, the mean of the"
        " logits of an image and of its mirror image, is computed here from the ONNX graph. The intervals"
        " are of the test images, not of seeds.",
        "",
        f"The goal of {100 * GOAL:.0f} % within {GOAL_SECONDS // 60} minutes is {plain} as the preset has it"
        f" ({100 * accuracy:.1f} % after {whole / 60:.1f} minutes), and {with_flips} with `test_flips`"
        f" ({100 * flipped:.1f} %).{_fitting(epochs, seconds, whole)}",
    ]


def _outcome(accuracy: float, whole: float) -> str:
    return "reached" if accuracy >= GOAL and whole <= GOAL_SECONDS else "missed"


def _fitting(epochs: int, seconds: float, whole: float) -> str:
    """How many epochs would have been in time, where these were not."""
    if whole <= GOAL_SECONDS:
        return ""
    fit = int((GOAL_SECONDS - (whole - seconds)) / (seconds / epochs))
    return f" {fit} epochs would fit into {GOAL_SECONDS // 60} minutes."


def _changed(epochs: int) -> str:
    usual = PRESET.epochs
    return "" if epochs == usual else f", but for its {usual} epochs,"


def _row(what: str, accuracy: float, images: int) -> str:
    error = 1.96 * math.sqrt(accuracy * (1 - accuracy) / images)
    low, high = (100 * (accuracy + sign * error) for sign in (-1, 1))
    return f"| {what} | {100 * accuracy:.1f} | {low:.1f} to {high:.1f} |"


def _accuracy_with_flips(graph: bytes, test: Split) -> float:
    """Accuracy by the sum of the logits of images and of their mirror images.

    Logarithms of probabilities are logits, but for a constant that all classes of an image share.
    """
    session = onnxruntime.InferenceSession(graph)
    [asked] = session.get_inputs()

    def logits(images: NDArray[np.uint8]) -> NDArray[np.float32]:
        [probabilities] = session.run(None, {asked.name: np.ascontiguousarray(images)})
        found: NDArray[np.float32] = np.log(np.maximum(probabilities, SMALLEST))
        return found

    right = 0
    for start in range(0, len(test), BATCH_SIZE):
        images = test.images[start : start + BATCH_SIZE].numpy()
        found = logits(images) + logits(images[..., ::-1])
        right += int((found.argmax(1) == test.labels[start : start + BATCH_SIZE].numpy()).sum())
    return right / len(test)
