"""With `test_flips` an image and its mirror image are scored, exported and served together."""

from dataclasses import replace
from pathlib import Path

import onnxruntime
import torch

from tests.workers.training.trainings import completed_epochs, make, weights
from workers.datasets.image_dataset import ImageDataset
from workers.exports.onnx import keep_graph
from workers.storage.artifacts import ArtifactStore
from workers.training.final_evaluation import evaluate_trained
from workers.training.measuring.evaluation import score
from workers.training.recipe import Recipe
from workers.training.servable import as_evaluated

RECIPE = Recipe(epochs=2, batch_size=32, precision="float32")
FLIPPED = replace(RECIPE, test_flips=True)


def test_the_logits_are_the_mean_over_an_image_and_its_mirror_image() -> None:
    torch.manual_seed(0)
    network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(48, 5))
    images = torch.rand(7, 3, 4, 4)

    found = as_evaluated(network, test_flips=True)(images)

    torch.testing.assert_close(found, (network(images) + network(images.flip(3))) / 2)
    assert as_evaluated(network, test_flips=False) is network


def test_training_is_the_same_and_every_score_is_of_both(few_digits: ImageDataset) -> None:
    flipped, plain = make(few_digits, FLIPPED), make(few_digits, RECIPE)

    last = completed_epochs(flipped)[-1].epoch
    plain_last = completed_epochs(plain)[-1].epoch

    assert all(torch.equal(a, b) for a, b in zip(*map(of, (flipped, plain)), strict=True))
    both = as_evaluated(plain.network, test_flips=True)
    assert last.validation == score(both, plain.validation, plain.normalise)
    assert last.validation != plain_last.validation
    assert last.dead_relus == plain_last.dead_relus  # of the network, under its own names


def of(trainer) -> list[torch.Tensor]:
    return list(weights(trainer).values())


def test_what_is_measured_is_what_is_served(
    few_digits: ImageDataset, quick_latency: None, tmp_path: Path
) -> None:
    del quick_latency
    wide = {"channels": (32, 64)}
    flipped, plain = (make(few_digits, recipe, **wide) for recipe in (FLIPPED, RECIPE))
    completed_epochs(flipped)
    completed_epochs(plain)

    outcome = evaluate_trained(flipped, few_digits)
    without = evaluate_trained(plain, few_digits).result

    result = outcome.result
    assert (result.test_flips, without.test_flips) == (True, False)
    assert result.flops == 2 * without.flops
    assert result.num_parameters == without.num_parameters
    assert result.layers == without.layers
    store = ArtifactStore(str(tmp_path))
    moments, images = (few_digits.mean, few_digits.std), few_digits.test.images
    graph = keep_graph(flipped.evaluated, moments, images, store, "both.onnx")
    small = keep_graph(plain.evaluated, moments, images, store, "one.onnx")
    assert graph["bytes"] < 1.2 * small["bytes"]  # its weights are in it once
    session = onnxruntime.InferenceSession(store.get("both.onnx", sha256=graph["sha256"]))
    found, mirrored = (
        torch.from_numpy(session.run(None, {"images": given.numpy()})[0])
        for given in (images, images.flip(3))
    )
    torch.testing.assert_close(found, outcome.test_probabilities, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(found, mirrored, rtol=1e-4, atol=1e-5)
