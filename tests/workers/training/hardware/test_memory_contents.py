"""Trainings end in the same bits whatever their newly allocated memory held before."""

import hashlib
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import pytest

from models import architectures
from tests.workers.training.trainings import CPU, completed_epochs, exact, weights
from workers.datasets.image_dataset import ImageDataset
from workers.training.recipe import Recipe
from workers.training.trainer import Trainer, build


def ends(dataset: ImageDataset) -> dict[tuple[str, str], str]:
    """For each architecture and format a hash of the metrics and weights after one epoch."""
    found = {}
    for architecture in architectures:
        for precision in ("float32", "bfloat16"):
            network = build(architecture, {}, dataset.image_shape, dataset.num_classes, seed=3)
            recipe = Recipe(epochs=1, batch_size=45, precision=precision)
            trainer = Trainer(network, dataset, recipe, seed=3, device=CPU)
            digest = hashlib.sha256(
                repr([exact(completed.epoch) for completed in completed_epochs(trainer)]).encode()
            )
            for weight in weights(trainer).values():
                digest.update(weight.contiguous().numpy().tobytes())
            found[architecture, precision] = digest.hexdigest()
    return found


@pytest.mark.slow
def test_no_kernel_reads_what_it_did_not_write(
    few_digits: ImageDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    spawn = multiprocessing.get_context("spawn")
    found = []
    # 0 leaves memory as it is; with another number glibc fills what it allocates and what it frees.
    for filling in ("0", "85"):
        monkeypatch.setenv("MALLOC_PERTURB_", filling)
        with ProcessPoolExecutor(1, spawn) as process:
            found.append(process.submit(ends, few_digits).result())

    assert found[0] == found[1]
