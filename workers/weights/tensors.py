"""Tensors of a file of weights, and how they become the state dict of a network."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, Field
from safetensors import safe_open
from torch import Tensor

from workers.storage.artifacts import ArtifactError
from workers.weights.errors import WeightsError, WeightsMisfitError
from workers.weights.registration import sha256_of
from workers.weights.store import WeightsStore

#: The metadata that says how a file which we have made of another program's is to be read. It is one
#: text: safetensors writes several in any order, so that the file would differ each time.
NOTES = "bakeoff"


class ConversionNotes(BaseModel):
    """What a file that was made of another program's says beside its tensors, as JSON."""

    order: list[str]  # of the tensors, which is that of the network's state dict
    mean: list[float] = Field(min_length=3, max_length=3)  # of pixels in [0, 1], per channel
    std: list[float] = Field(min_length=3, max_length=3)


@dataclass(frozen=True)
class Weights:
    """The tensors of a file, by name."""

    tensors: dict[str, Tensor]
    #: Of a file whose names are another program's: the tensors are in the order of the network's.
    notes: ConversionNotes | None = None

    def fit(self, state_dict: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The tensors under the names of a network's state dict, whose shapes they must have.

        The network has the head that the weights were trained with. It may be on the device `meta`:
        only names, shapes and types are read. WeightsMisfitError.
        """
        if self.notes:
            return by_order(self.tensors, state_dict)
        return by_name(self.tensors, state_dict)


def load(store: WeightsStore, sha256: str) -> Weights:
    """The weights with this SHA-256; ArtifactError where they are gone or damaged, WeightsError."""
    with store.local_copy(sha256) as file:
        if sha256_of(file) != sha256:
            raise ArtifactError(f"the weights {sha256[:12]} are damaged")
        return read_weights(file)


def read_weights(file: Path) -> Weights:
    """The weights in a file that was checked; WeightsError where its notes are not about them."""
    with safe_open(file, framework="pt") as opened:
        tensors: dict[str, Tensor] = opened.get_tensors()
        text = (opened.metadata() or {}).get(NOTES)
    return Weights(tensors) if text is None else _put_in_order(tensors, text)


def _put_in_order(tensors: dict[str, Tensor], text: str) -> Weights:
    try:
        notes = ConversionNotes.model_validate_json(text)
    except ValueError:
        notes = None
    if notes is None or sorted(notes.order) != sorted(tensors):
        raise WeightsError(
            f"the metadata '{NOTES}' of the weights does not say how to read their tensors"
        )
    return Weights({name: tensors[name] for name in notes.order}, notes)


def by_name(tensors: Mapping[str, Tensor], state_dict: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors in the order of a state dict that has the same names; WeightsMisfitError."""
    _refuse_names(sorted(state_dict.keys() - tensors.keys()), "the weights lack the layer")
    _refuse_names(sorted(tensors.keys() - state_dict.keys()), "the network has no layer")
    return {name: _matching(name, tensors[name], layer) for name, layer in state_dict.items()}


def by_order(tensors: Mapping[str, Tensor], state_dict: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The n-th tensor under the n-th name of a state dict, for each n; WeightsMisfitError."""
    pairs = zip(state_dict.items(), tensors.values(), strict=False)
    fitted = {name: _matching(name, tensor, layer) for (name, layer), tensor in pairs}
    if len(tensors) != len(state_dict):
        raise WeightsMisfitError(
            f"the network has {len(state_dict)} tensors and the weights {len(tensors)}; they are"
            " weights of another network"
        )
    return fitted


def _matching(name: str, tensor: Tensor, layer: Tensor) -> Tensor:
    """The tensor in the number format of the layer, whose shape it must have."""
    if tensor.shape != layer.shape or tensor.is_floating_point() != layer.is_floating_point():
        raise WeightsMisfitError(
            f"layer '{name}' is {_describe(layer)} in the network and {_describe(tensor)} in the"
            " weights; they are weights of another network"
        )
    return tensor.to(layer.dtype)


def _describe(tensor: Tensor) -> str:
    shape = "×".join(map(str, tensor.shape)) or "a single number"
    return f"{shape} ({str(tensor.dtype).removeprefix('torch.')})"


def _refuse_names(names: list[str], why: str) -> None:
    if names:
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        raise WeightsMisfitError(
            f"{why} '{names[0][:200]}'{more}; they are weights of another network"
        )
