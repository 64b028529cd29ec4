"""Checks a safetensors file: its header before anything of its size is allocated, then its numbers."""

import math
import re
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from safetensors import SafetensorError, safe_open
from torch import Tensor

from workers.datasets.stored.prepared_file import LENGTH, Header, read_header
from workers.weights.errors import WeightsError

ACCEPTED = (
    "accepted is a safetensors file, as safetensors.torch.save_file(state_dict, path) writes it"
)
MAX_HEADER = 4 * 1024**2  # bytes; that of a thousand layers has a tenth of it
MAX_TENSORS = 20_000
PIECE = 2**22  # numbers that are looked at together, so that a check takes little memory
PICKLED = (b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
LICENCE = re.compile(r"[\w .,+()/-]{1,100}")

Type = Literal["BOOL", "U8", "I8", "I16", "I32", "I64", "F16", "BF16", "F32", "F64"]
ITEM_BYTES: dict[str, int] = dict(zip(get_args(Type), (1, 1, 1, 2, 4, 8, 2, 2, 4, 8), strict=True))
Number = Annotated[int, Field(ge=0, lt=2**63, strict=True)]


class _Entry(BaseModel):
    """What a header says of a tensor."""

    model_config = ConfigDict(extra="forbid")

    dtype: Type
    shape: Annotated[list[Number], Field(max_length=8)]
    data_offsets: Annotated[list[Number], Field(min_length=2, max_length=2)]

    @property
    def num_bytes(self) -> int:
        """The bytes of a tensor of this type and shape."""
        return math.prod(self.shape) * ITEM_BYTES[self.dtype]


ENTRIES = TypeAdapter(dict[str, _Entry])
METADATA = TypeAdapter(dict[str, str])


class WeightsSummary(NamedTuple):
    """What a file of weights holds."""

    num_tensors: int
    num_parameters: int  # numbers in all tensors, buffers among them
    licence: str | None  # as its metadata has it


def check_file(path: Path) -> WeightsSummary:
    """Check a file of weights; WeightsError says what is wrong with it.

    The header is bounded before it is read, and what it says is held against the file's size before
    any tensor is. Every number must be finite.
    """
    header = _read_header(path)
    metadata = _metadata(header.entries.pop("__metadata__", {}))
    try:
        entries = ENTRIES.validate_python(header.entries)
    except ValueError:
        raise WeightsError(
            "its header does not describe tensors of up to 8 dimensions and of the types"
            f" {', '.join(ITEM_BYTES)}; {ACCEPTED}"
        ) from None
    _check_layout(entries, path.stat().st_size - header.start)
    _check_numbers(path)
    licence = metadata.get("license") or metadata.get("licence") or ""
    return WeightsSummary(
        num_tensors=len(entries),
        num_parameters=sum(math.prod(entry.shape) for entry in entries.values()),
        licence=licence if LICENCE.fullmatch(licence) else None,
    )


def _read_header(path: Path) -> Header:
    with path.open("rb") as file:
        start = file.read(LENGTH.size)
    length = LENGTH.unpack(start)[0] if len(start) == LENGTH.size else 0
    if start.startswith(PICKLED) and length > MAX_HEADER:
        raise WeightsError(
            "it is a pickled file, such as a .pth, which could run any code and is never loaded;"
            f" {ACCEPTED}"
        )
    if not 0 < length <= MAX_HEADER:
        raise WeightsError(f"it does not begin as a safetensors file does; {ACCEPTED}")
    try:
        header = read_header(path)
        if not isinstance(header.entries, dict):
            raise TypeError
    except (ValueError, RecursionError, TypeError):  # no JSON, too deep, or no object
        raise WeightsError(f"its header is cut off or is not JSON; {ACCEPTED}") from None
    return header


def _metadata(value: object) -> dict[str, str]:
    try:
        return METADATA.validate_python(value)
    except ValueError:
        raise WeightsError(
            "the '__metadata__' of its header is accepted as an object of texts, such as"
            f' {{"license": "mit"}}; {ACCEPTED}'
        ) from None


def _check_layout(entries: dict[str, _Entry], num_bytes: int) -> None:
    """The tensors must fill the bytes after the header, one beside the other."""
    if not 0 < len(entries) <= MAX_TENSORS:
        raise WeightsError(f"it has {len(entries):,} tensors; accepted are 1 to {MAX_TENSORS:,}")
    position = 0
    for name, entry in sorted(entries.items(), key=lambda item: item[1].data_offsets):
        start, end = entry.data_offsets
        if start != position or end - start != entry.num_bytes:
            raise WeightsError(
                f"its header contradicts itself about tensor '{name[:200]}'; {ACCEPTED}"
            )
        position = end
    if position != num_bytes:
        raise WeightsError(
            f"its header tells of {position:,} bytes of tensors, and it has {num_bytes:,}: it is cut off"
            " or damaged"
        )


def _check_numbers(path: Path) -> None:
    try:
        with safe_open(path, framework="pt") as file:
            for name in file.keys():  # noqa: SIM118 - it is no mapping
                if not _is_finite(file.get_tensor(name)):
                    raise WeightsError(
                        f"tensor '{name[:200]}' holds NaN or infinity; accepted are finite numbers"
                    )
    except SafetensorError as error:
        raise WeightsError(f"it is damaged ({str(error)[:200]}); {ACCEPTED}") from None


def _is_finite(tensor: Tensor) -> bool:
    if not tensor.is_floating_point():
        return True
    return all(bool(piece.isfinite().all()) for piece in tensor.flatten().split(PIECE))
