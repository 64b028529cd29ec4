"""The values of tensors of the Open Inference Protocol, in JSON and in bytes behind the JSON.

Source: the protocol's REST text and its extension for binary tensor data.
"""

import math
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.inference.bodies.base64_text import decode_base64
from service.inference.bodies.errors import ProtocolError
from service.inference.bodies.number_scale import find_number_scale, measure
from service.inference.bodies.pixels import as_array

INPUT, OUTPUT = "images", "probabilities"
NUMBERS: dict[str, str] = {
    "BOOL": "?",
    "UINT8": "<u1",
    "UINT16": "<u2",
    "UINT32": "<u4",
    "UINT64": "<u8",
    "INT8": "<i1",
    "INT16": "<i2",
    "INT32": "<i4",
    "INT64": "<i8",
    "FP16": "<f2",
    "FP32": "<f4",
    "FP64": "<f8",
}
#: Whose values may be shares of white; those of others are whole numbers, also where JSON says 1.0.
SHARES_OF_WHITE = {"BOOL", "FP16", "FP32", "FP64"}
MAX_EXACT = 2.0**53  # up to which float64 has every whole number
LENGTH = struct.Struct("<I")  # before each element of BYTES
MAX_DIMENSIONS = 4
BRIGHTEST = 255.0

Values = NDArray[Any] | list[bytes]  # numbers, or the elements of BYTES


def read_values(tensor: dict[str, Any], rest: bytes) -> Values:
    """The values of an input tensor; `rest` is what follows the JSON. ProtocolError."""
    shape, datatype = _shape(tensor.get("shape")), tensor.get("datatype")
    size = json_object(tensor.get("parameters", {}), "inputs[0].parameters").get("binary_data_size")
    if size is not None and size != len(rest):
        raise ProtocolError(f"binary_data_size is {size}, and {len(rest)} bytes follow the JSON")
    if datatype == "BYTES":
        files = _elements(rest) if size is not None else _decode_texts(tensor.get("data"))
        if len(shape) != 1 or shape[0] != len(files):
            raise ProtocolError(f"{len(files)} image files have shape [{len(files)}], not {shape}")
        return files
    if not isinstance(datatype, str) or datatype not in NUMBERS:
        raise ProtocolError(
            f"datatype '{datatype}' is not accepted; take {', '.join(NUMBERS)} or BYTES"
        )
    if size is not None:
        return _numbers_from_bytes(rest, shape, datatype)
    numbers = _numbers_from_list(tensor.get("data"), shape)
    if datatype == "UINT8":
        found = find_number_scale(
            measure([numbers]), of_dataset=None, white=BRIGHTEST, accepted="UINT8 are {}"
        )
        return found.to_bytes(numbers)
    return numbers if datatype in SHARES_OF_WHITE else _as_whole(numbers)


def json_object(value: Any, name: str) -> dict[str, Any]:
    """The same value; ProtocolError where it is no JSON object."""
    if not isinstance(value, dict):
        raise ProtocolError(f"{name} is not a JSON object")
    return value


def to_bytes(values: NDArray[Any] | Sequence[Sequence[str]]) -> bytes:
    """An output tensor as binary data: FP32, or BYTES with a length before each text."""
    if isinstance(values, np.ndarray):
        return values.astype("<f4").tobytes()
    texts = [text.encode() for row in values for text in row]
    return b"".join(LENGTH.pack(len(text)) + text for text in texts)


def _shape(value: Any) -> list[int]:
    is_shape = isinstance(value, list) and 0 < len(value) <= MAX_DIMENSIONS
    if not is_shape or not all(type(size) is int and 0 < size < 2**31 for size in value):
        raise ProtocolError("'shape' is a list of one to four positive numbers")
    return list(value)


def _numbers_from_bytes(rest: bytes, shape: list[int], datatype: str) -> NDArray[Any]:
    wanted = math.prod(shape) * np.dtype(NUMBERS[datatype]).itemsize
    if wanted != len(rest):
        raise ProtocolError(f"{datatype} of shape {shape} takes {wanted} bytes, not {len(rest)}")
    return np.frombuffer(rest, NUMBERS[datatype]).reshape(shape)


def _numbers_from_list(data: Any, shape: list[int]) -> NDArray[Any]:
    try:
        array = as_array(data, np.float64)
    except (ValueError, TypeError, OverflowError):
        raise ProtocolError("'data' holds other things than numbers, or uneven lists") from None
    num_wanted = math.prod(shape)
    if array.size != num_wanted:
        raise ProtocolError(f"'data' has {array.size} numbers; shape {shape} takes {num_wanted}")
    return array.reshape(shape)


def _as_whole(numbers: NDArray[np.float64]) -> NDArray[Any]:
    """The numbers rounded to int64; as they are where it does not hold them."""
    is_held = np.abs(numbers).max(initial=0.0) < MAX_EXACT  # NaN is not
    return np.rint(numbers).astype(np.int64) if is_held else numbers


def _elements(rest: bytes) -> list[bytes]:
    found, at = [], 0
    while at < len(rest):
        if at + LENGTH.size > len(rest):
            raise ProtocolError("the BYTES end within the length of an element")
        [length] = LENGTH.unpack_from(rest, at)
        at += LENGTH.size
        if at + length > len(rest):
            raise ProtocolError(f"an element of {length} bytes goes beyond the end of the BYTES")
        found.append(rest[at : at + length])
        at += length
    return found


def _decode_texts(data: Any) -> list[bytes]:
    if not isinstance(data, list) or not all(isinstance(text, str) for text in data):
        raise ProtocolError("BYTES in JSON are a list of image files in base64")
    try:
        return [decode_base64(text) for text in data]
    except ValueError:
        raise ProtocolError("BYTES in JSON are image files in base64") from None
