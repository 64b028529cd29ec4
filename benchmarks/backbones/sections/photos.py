"""Photos of 224 pixels: from the first byte of the upload to the first prediction of a head."""

import json
import zipfile
from pathlib import Path
from time import perf_counter
from typing import Final

from bakeoff import Client
from bakeoff.answers import Json
from benchmarks.backbones import cifar10
from benchmarks.backbones.installation import BACKBONE, install
from benchmarks.backbones.page import text_of
from benchmarks.jobs import done
from benchmarks.spread import spread

DATASET, SEEDS, GOAL_SECONDS = "photos", 5, 90
HEAD: Final[Json] = {"pretrained": True, "train": "head", "resolution": 224}
RECIPE: Final[Json] = {"epochs": 5, "batch_size": 32}


def measure(folder: Path, archive: Path, number: int) -> str:
    """Upload photos, compare heads on them, read the leaderboard, and ask the best head for a class."""
    zipped = folder / f"{DATASET}.zip"
    cifar10.photos(archive, zipped, number)
    with install(folder) as installed:
        seconds, ended, rows = _use(installed.client, zipped)
        features = done(installed.client, str(ended[0]["depends_on"]))["result"]
        sizes = installed.client.show_dataset(DATASET)["sizes"]
    [row] = rows
    lines = [
        _photos_text(number, zipped, sizes),
        "",
        "| as a client sees it, n = 1 run | s |",
        "|---|---:|",
        *(f"| {part} | {taken:.2f} |" for part, taken in seconds.items()),
        f"| from the first byte of the upload to the first prediction | {sum(seconds.values()):.1f} |",
        "",
        _heads_text(features, ended, row, sum(seconds.values())),
    ]
    title = f"Photos: {number:,} of 224 pixels, from upload to prediction"
    return text_of(title, lines, "timm", "onnxruntime", "pillow")


def _photos_text(number: int, zipped: Path, sizes: Json) -> str:
    return (
        f"{number:,} JPEG files of {cifar10.SIDE} × {cifar10.SIDE} pixels"
        f" ({zipped.stat().st_size / 1e6:.0f} MB, a zip): {sizes['train']:,} to train on,"
        f" {sizes['validation']:,} for validation, {sizes['test']:,} to test on. They are images of CIFAR-10,"
        " enlarged from 32 pixels, so the accuracy is of those, not of photographs of this size. The head of"
        f" `{BACKBONE}` has the options `{json.dumps(HEAD)}`, the recipe `{json.dumps(RECIPE)}` and"
        f" {SEEDS} seeds. The weights were fetched before; service and worker had just started."
    )


def _heads_text(features: Json, ended: list[Json], row: Json, total: float) -> str:
    trained = spread([job["result"]["train_seconds"] for job in ended])
    accuracy = row["test_accuracy"]
    return (
        f"Features: {features['seconds']:.1f} s, of which {features['trial_seconds']:.1f} s chose the engine:"
        f" {features['engine']}, {features['images_per_second']:.0f} images/s; their job also measures the"
        " latency of the network. Training a head:"
        f" {trained} s. Accuracy on test: {100 * accuracy['mean']:.1f} ± {100 * accuracy['std']:.1f} %"
        f" (mean ± standard deviation, n = {row['n']} seeds). The model that was asked is the one of"
        " the highest accuracy on validation. The goal of"
        f" {GOAL_SECONDS} seconds is {'reached' if total < GOAL_SECONDS else 'missed'}."
    )


def _use(client: Client, zipped: Path) -> tuple[dict[str, float], list[Json], list[Json]]:
    """The seconds of each part, the jobs of the heads, and the leaderboard."""
    photo = _photo_of_test(zipped)
    watch = _Stopwatch()
    client.upload_dataset(DATASET, zipped)
    watch.lap("upload, until it is answered")
    entry = {"name": BACKBONE, "options": HEAD}
    made = client.create_comparison(DATASET, [entry], recipe=RECIPE, seeds=SEEDS)
    [awaited] = made["awaited"]
    done(client, awaited["id"])
    watch.lap("comparison enqueued, features computed")
    ended = [done(client, job["id"]) for job in made["jobs"]]
    watch.lap(f"{SEEDS} heads trained")
    rows = list(client.show_leaderboard(made["id"]))
    watch.lap("leaderboard read")
    best = max(ended, key=lambda job: job["result"]["validation"]["accuracy"])
    client.predict(best["model_id"], photo)
    watch.lap("first prediction, with the model loaded")
    return watch.laps, ended, rows


def _photo_of_test(zipped: Path) -> bytes:
    with zipfile.ZipFile(zipped) as photos:
        return photos.read(next(name for name in photos.namelist() if name.startswith("test/")))


class _Stopwatch:
    """Seconds between the ends of parts that follow one another."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = perf_counter()

    def lap(self, part: str) -> None:
        """End a part."""
        now = perf_counter()
        self.laps[part] = now - self._last
        self._last = now
