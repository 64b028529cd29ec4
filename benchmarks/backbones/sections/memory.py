"""The memory of the jobs of a backbone on a gigabyte of images."""

import dataclasses
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from bakeoff import Client
from bakeoff.answers import Json
from benchmarks.backbones.installation import BACKBONE, Installation, install
from benchmarks.backbones.page import text_of
from benchmarks.backbones.process_memory import INTERVAL, AnonymousMemory
from benchmarks.jobs import done
from workers.training.presets import PRESETS

DATASET, CLASSES, TEST_EVERY = "large", 10, 7
SIDE, SMALL = 224, 64  # pixels, of the images and of a resolution at which an epoch is short
GOAL_MIB = 2048
PRESET = "fine_tune"
FIRST_SECONDS = 60
HEAD: Final[Json] = {"pretrained": True, "train": "head", "resolution": SIDE}
HEAD_RECIPE: Final[Json] = {"epochs": 1, "batch_size": 32}
TUNING_RECIPE: Final[Json] = dataclasses.asdict(dataclasses.replace(PRESETS[PRESET], epochs=1))


class _Peak(NamedTuple):
    """What a process did, and the most anonymous memory that it had, in MiB."""

    what: str
    mib: float


def measure(folder: Path, number: int) -> str:
    """Upload so many images, then run the jobs one after the other and sample their memory."""
    file = folder / f"{DATASET}.npz"
    _write_noise(file, number)
    with install(folder) as installed:
        peaks = list(_peaks(installed, file))
    most = max(peak.mib for peak in peaks)
    gigabytes = number * SIDE * SIDE * 3 / 1e9
    lines = [
        f"{number:,} images of {SIDE} × {SIDE} × 3, {gigabytes:.2f} GB, of noise, uploaded as `.npz`."
        f" The backbone is `{BACKBONE}`, batches are of {HEAD_RECIPE['batch_size']}. Anonymous memory"
        " (RssAnon) of the largest process of the service, or of the worker and its jobs, sampled every"
        f" {1000 * INTERVAL:.0f} ms; pages of the mapped file of the dataset, which the kernel may drop, do"
        f" not count. n = 1. Fine-tuning is by the preset `{PRESET}`, which has the same batches.",
        "",
        "| | peak, MiB |",
        "|---|---:|",
        *(f"| {peak.what} | {peak.mib:,.0f} |" for peak in peaks),
        "",
        f"The goal of less than {GOAL_MIB / 1024:.0f} GiB for each is"
        f" {'reached' if most < GOAL_MIB else 'missed'}.",
    ]
    return text_of("Memory: a gigabyte of images", lines, "timm", "onnxruntime")


def _peaks(installed: Installation, file: Path) -> list[_Peak]:
    client, watch = installed.client, _Watch(installed.pids)
    with watch("service", "the service, in the upload"):
        client.upload_dataset(DATASET, file)
    with watch("worker", "checks of the dataset"):
        done(client, client.check_dataset(DATASET)["id"])
    head = client.create_job(DATASET, BACKBONE, options=HEAD, recipe=HEAD_RECIPE)
    with watch("worker", f"features at {SIDE} pixels"):
        done(client, head["depends_on"])
    done(client, head["id"])
    with watch("worker", "a head on features that are kept"):
        head = client.create_job(DATASET, BACKBONE, options=HEAD, recipe=HEAD_RECIPE, seed=1)
        done(client, head["id"])
    with watch("worker", f"fine-tuning at {SMALL} pixels, one epoch"):
        options = {"pretrained": True, "resolution": SMALL}
        tuned = client.create_job(DATASET, BACKBONE, options=options, recipe=TUNING_RECIPE)
        done(client, tuned["id"])
    with watch("worker", f"fine-tuning at {SIDE} pixels, the first {FIRST_SECONDS} s"):
        options = {"pretrained": True, "resolution": SIDE}
        tuned = client.create_job(DATASET, BACKBONE, options=options, recipe=TUNING_RECIPE)
        _run_for(client, tuned["id"], FIRST_SECONDS)
    return watch.peaks


def _run_for(client: Client, job_id: str, seconds: float) -> None:
    """Let a job run for so long, then cancel it; it may end before."""
    while client.show_job(job_id)["status"] == "queued":
        time.sleep(0.1)
    time.sleep(seconds)
    if client.show_job(job_id)["status"] == "running":
        client.cancel_job(job_id)
    for _ in client.follow_job(job_id):
        pass


class _Watch:
    """The peaks of what service and worker do, one thing after the other."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = pids
        self.peaks: list[_Peak] = []

    @contextmanager
    def __call__(self, process: str, what: str) -> Iterator[None]:
        """Keep the peak of the processes of the service, or of the worker, until this is left."""
        with AnonymousMemory(self._pids[process]) as memory:
            yield
        self.peaks.append(_Peak(what, memory.peak_mib))


def _write_noise(file: Path, number: int) -> None:
    """An .npz of images and labels, which a service reads without decoding."""
    drawn = np.random.default_rng(0)
    labels = np.arange(number) % CLASSES
    test = np.arange(number) % TEST_EVERY == 0
    images = drawn.integers(0, 256, (number, SIDE, SIDE, 3), np.uint8)
    np.savez(
        file,
        x_train=images[~test],
        y_train=labels[~test],
        x_test=images[test],
        y_test=labels[test],
    )
