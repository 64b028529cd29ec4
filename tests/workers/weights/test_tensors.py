"""Weights become the state dict of a network by their names, or by their order."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save
from torch import Tensor, nn

from tests.workers.weights.conftest import Installation
from workers.storage.artifacts import ArtifactError, ArtifactStore
from workers.weights.errors import WeightsError, WeightsMisfitError
from workers.weights.registration import Origin, keep
from workers.weights.store import WeightsStore
from workers.weights.tensors import NOTES, Weights, by_name, by_order, load


def notes(order: list[Any]) -> str:
    return json.dumps({"order": order, "mean": [0.5] * 3, "std": [0.25] * 3})


def test_weights_of_the_same_names_are_taken_whole(network: nn.Module) -> None:
    given = {name: tensor.clone() for name, tensor in network.state_dict().items()}

    fitted = by_name(dict(reversed(given.items())), network.state_dict())

    assert list(fitted) == list(given)
    assert all(torch.equal(fitted[name], given[name]) for name in given)


def test_weights_in_order_get_the_names_of_the_network(network: nn.Module) -> None:
    layers = network.state_dict()
    given = {f"other.{n}": tensor for n, tensor in enumerate(layers.values())}

    fitted = by_order(given, layers)

    assert list(fitted) == list(layers)
    assert all(torch.equal(fitted[name], layers[name]) for name in layers)


def test_only_names_and_shapes_of_the_network_are_read(network: nn.Module) -> None:
    given = network.state_dict()
    with torch.device("meta"):
        empty = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4, 10))

    fitted = Weights(given).fit(empty.state_dict())

    network.load_state_dict(fitted)
    assert {tensor.device.type for tensor in fitted.values()} == {"cpu"}


def test_half_precision_becomes_that_of_the_network(network: nn.Module) -> None:
    layers = network.state_dict()
    halves = {n: t.half() if t.is_floating_point() else t for n, t in layers.items()}

    assert {tensor.dtype for tensor in by_name(halves, layers).values()} == {
        torch.float32,
        torch.int64,
    }


@pytest.mark.parametrize("fit", [by_name, by_order])
def test_a_layer_of_another_shape_is_named_with_both_shapes(
    network: nn.Module, fit: Callable[..., dict[str, Tensor]]
) -> None:
    layers = network.state_dict()
    given = {**layers, "3.weight": torch.zeros(1000, 4)}

    with pytest.raises(WeightsMisfitError) as refused:
        fit(given, layers)

    assert "layer '3.weight' is 10×4 (float32) in the network and 1000×4 (float32)" in str(
        refused.value
    )


def test_a_counter_in_the_place_of_weights_is_refused(network: nn.Module) -> None:
    layers = network.state_dict()
    given = {**layers, "1.num_batches_tracked": torch.tensor(0.5)}

    with pytest.raises(WeightsMisfitError, match="a single number \\(int64\\) in the network"):
        by_name(given, layers)


def test_layers_that_are_missing_or_too_many_are_named(network: nn.Module) -> None:
    layers = network.state_dict()
    without = {name: tensor for name, tensor in layers.items() if not name.startswith("3.")}

    with pytest.raises(
        WeightsMisfitError, match="the weights lack the layer '3\\.bias' and 1 more"
    ):
        by_name(without, layers)
    with pytest.raises(WeightsMisfitError, match="the network has no layer '3\\.bias' and 1 more"):
        by_name(layers, without)
    with pytest.raises(WeightsMisfitError, match="the network has 9 tensors and the weights 7"):
        by_order(without, layers)


def test_what_is_kept_is_loaded_as_it_was(installation: Installation, network: nn.Module) -> None:
    file = installation.put_by_hand("mine", save(network.state_dict()))
    row = keep(installation.database, installation.store, "mine", file, Origin("a test"))

    weights = load(installation.store, row.sha256)

    assert weights.notes is None
    assert {name: t.tolist() for name, t in weights.tensors.items()} == {
        name: t.tolist() for name, t in network.state_dict().items()
    }
    assert installation.scratch() == []


def test_an_order_in_the_metadata_is_kept(installation: Installation) -> None:
    tensors = {name: torch.ones(1) for name in ("b", "c", "a")}
    file = installation.put_by_hand("mine", save(tensors, {NOTES: notes(["c", "a", "b"])}))
    row = keep(installation.database, installation.store, "x", file, Origin("a test"))

    weights = load(installation.store, row.sha256)

    assert list(weights.tensors) == ["c", "a", "b"]
    assert weights.notes
    assert (weights.notes.mean, weights.notes.std) == ([0.5] * 3, [0.25] * 3)


@pytest.mark.parametrize(
    "text",
    [
        *("[", "7", "{}", "null"),
        *(notes(order) for order in (["a"], ["a", "a", "b"], ["a", "b", "d"])),
        notes(["a", "b", 3]),
        notes(["a", "b", "c"]).replace("0.25", '"wide"'),
    ],
)
def test_notes_about_other_tensors_are_refused(installation: Installation, text: str) -> None:
    tensors = {name: torch.ones(1) for name in ("b", "c", "a")}
    file = installation.put_by_hand("mine", save(tensors, {NOTES: text}))
    row = keep(installation.database, installation.store, "x", file, Origin("a test"))

    with pytest.raises(WeightsError, match="does not say how to read"):
        load(installation.store, row.sha256)


def test_an_artifact_that_was_damaged_or_removed_is_noticed(
    installation: Installation, file_of: Callable[..., bytes], tmp_path: Path
) -> None:
    file = installation.put_by_hand("mine", file_of())
    row = keep(installation.database, installation.store, "x", file, Origin("a test"))
    [artifact] = (tmp_path / "artifacts" / "pretrained").iterdir()
    artifact.unlink()
    with pytest.raises(ArtifactError, match="is missing"):
        load(installation.store, row.sha256)

    artifact.write_bytes(file_of(2.0))
    with pytest.raises(ArtifactError, match="are damaged"):
        load(installation.store, row.sha256)


def test_a_machine_without_the_file_gets_it_from_the_shared_store(
    installation: Installation, file_of: Callable[..., bytes], tmp_path: Path
) -> None:
    shared = f"memory://{tmp_path.name}"
    here, there = (WeightsStore(ArtifactStore(shared), tmp_path / name) for name in ("a", "b"))
    file = installation.put_by_hand("mine", file_of(3.0))
    row = keep(installation.database, here, "x", file, Origin("a test"))

    assert load(there, row.sha256).tensors["layer.weight"].tolist() == [[3.0] * 3] * 2
    assert list(there.folder.iterdir()) == []
