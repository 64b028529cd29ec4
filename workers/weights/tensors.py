"""Tensors of a file of weights, and how they become the state dict of a network."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, FiniteFloat
from safetensors import safe_open
from torch import Tensor

from workers.storage.artifacts import ArtifactError
from workers.weights.errors import WeightsError, WeightsMisfitError
from workers.weights.registration import sha256_of
from workers.weights.store import WeightsStore

#: The metadata that says how a file which we have made of another program's is to be read. It is one
#: text: safetensors writes several in any order, so that the file would differ each time.
NOTES = "bakeoff"
WRONG_NOTES = f"the metadata '{NOTES}' of the weights does not say how to read their tensors"
PARALLEL, BODY = "module.", "body."

Positive = Annotated[FiniteFloat, Field(gt=0)]
Side = Annotated[int, Field(ge=1, le=2**14)]
#: Mean and standard deviation of each channel, of pixels in [0, 1].
Scale = tuple[tuple[float, ...], tuple[float, ...]]


def _check_channels(moments: list[float]) -> list[float]:
    if len(moments) not in {1, 3}:
        raise ValueError("accepted are the moments of one channel or of three")
    return moments


PerChannel = AfterValidator(_check_channels)


class FileNotes(BaseModel):
    """What a file that this program has written says beside its tensors, as JSON."""

    #: Of the tensors, which is that of the network's state dict, where their names are another program's.
    order: list[str] | None = None
    mean: Annotated[list[FiniteFloat], PerChannel]  # of pixels in [0, 1]
    std: Annotated[list[Positive], PerChannel]
    #: Height and width in pixels of what the layers of the network saw.
    size: Annotated[list[Side], Field(min_length=2, max_length=2)] | None = None

    @property
    def scale(self) -> Scale:
        """Mean and standard deviation of three channels."""
        mean, std = (tuple(moments * (3 // len(moments))) for moments in (self.mean, self.std))
        return mean, std

    def as_metadata(self) -> dict[str, str]:
        """The metadata of a safetensors file."""
        return {NOTES: self.model_dump_json(exclude_none=True)}


@dataclass(frozen=True)
class Weights:
    """The tensors of a file, by name."""

    tensors: dict[str, Tensor]
    notes: FileNotes | None = None

    def fit(self, state_dict: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The tensors under the names of a network's state dict, whose shapes they must have.

        The network has the head that the weights were trained with, or none where they lack it. It may
        be on the device `meta`: only names, shapes and types are read. WeightsMisfitError.
        """
        if self.notes and self.notes.order:
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
    notes = None if text is None else _read_notes(text)
    if notes and notes.order:
        if sorted(notes.order) != sorted(tensors):
            raise WeightsError(WRONG_NOTES)
        return Weights({name: tensors[name] for name in notes.order}, notes)
    return _unwrap(tensors, notes)


def _read_notes(text: str) -> FileNotes:
    try:
        return FileNotes.model_validate_json(text)
    except ValueError:
        raise WeightsError(WRONG_NOTES) from None


def _unwrap(tensors: dict[str, Tensor], notes: FileNotes | None) -> Weights:
    """The tensors of a network alone, without what was around it when it was trained.

    torch's DataParallel puts a prefix before all names. A model of ours has its head beside the body of
    its backbone, and the scale of its pixels.
    """
    if all(name.startswith(PARALLEL) for name in tensors):
        tensors = {name.removeprefix(PARALLEL): tensor for name, tensor in tensors.items()}
    mean, std = (tensors.get(f"preprocessing.{moment}") for moment in ("mean", "std"))
    if mean is None or std is None:
        return Weights(tensors, notes)
    try:
        scale = FileNotes(mean=mean.flatten().tolist(), std=std.flatten().tolist())
    except ValueError:
        raise WeightsError(
            "the tensors 'preprocessing.mean' and 'preprocessing.std' of the weights are no mean and"
            " positive standard deviation of one channel or of three"
        ) from None
    body = {n.removeprefix(BODY): tensor for n, tensor in tensors.items() if n.startswith(BODY)}
    return Weights(body, notes or scale)


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
