"""Tensors of the Open Inference Protocol, in JSON and in bytes after it.

Source: the protocol's REST text and its extensions for binary tensor data and classification.
"""

import base64
import binascii
import json
import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.errors import BakeoffError

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
LENGTH = struct.Struct("<I")  # before each element of BYTES
MOST_DIMENSIONS = 4


class ProtocolError(BakeoffError):
    """A request does not keep to the protocol; the message says what would be accepted."""

    status = HTTPStatus.BAD_REQUEST


@dataclass(frozen=True)
class InferRequest:
    """An inference request: its JSON, and the array of its one input."""

    document: dict[str, Any]
    numbers: NDArray[Any] | None  # or
    files: list[bytes] | None

    def __len__(self) -> int:
        return len(self.files or ()) if self.numbers is None else len(self.numbers)

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters of the whole request."""
        return _object(self.document.get("parameters", {}), "parameters")

    def output(self) -> dict[str, Any]:
        """The one output that is asked for, with its parameters; all there are where none is."""
        outputs = self.document.get("outputs") or [{"name": OUTPUT}]
        if not isinstance(outputs, list) or len(outputs) != 1:
            raise ProtocolError(f"'outputs' has one element, the tensor '{OUTPUT}'")
        output = _object(outputs[0], "outputs[0]")
        if output.get("name") != OUTPUT:
            raise ProtocolError(f"there is one output, '{OUTPUT}', and not '{output.get('name')}'")
        asked = _object(output.get("parameters", {}), "outputs[0].parameters")
        default = self.parameters.get("binary_data_output", False)
        return {"binary_data": default, **asked}


def read_request(body: bytes, header_length: str | None) -> InferRequest:
    """The request in a body: JSON, and behind its `header_length` bytes the binary tensor."""
    if header_length is not None and not header_length.isdecimal():
        raise ProtocolError("Inference-Header-Content-Length is not a number of bytes")
    length = len(body) if header_length is None else int(header_length)
    if length > len(body):
        raise ProtocolError(
            f"the body has {len(body)} bytes, and its JSON is said to have {length}"
        )
    try:
        document = _object(json.loads(body[:length]), "the body")
    except (ValueError, RecursionError) as error:
        if isinstance(error, ProtocolError):
            raise
        raise ProtocolError("the body does not begin with a JSON object") from None
    inputs = document.get("inputs")
    if not isinstance(inputs, list) or len(inputs) != 1:
        raise ProtocolError(f"'inputs' has one element, the tensor '{INPUT}'")
    tensor = _object(inputs[0], "inputs[0]")
    if tensor.get("name") != INPUT:
        raise ProtocolError(f"there is one input, '{INPUT}', and not '{tensor.get('name')}'")
    return _with_values(document, tensor, body[length:])


def _with_values(document: dict[str, Any], tensor: dict[str, Any], rest: bytes) -> InferRequest:
    shape, kind = _shape(tensor.get("shape")), tensor.get("datatype")
    size = _object(tensor.get("parameters", {}), "inputs[0].parameters").get("binary_data_size")
    if size is not None and size != len(rest):
        raise ProtocolError(f"binary_data_size is {size}, and {len(rest)} bytes follow the JSON")
    if kind == "BYTES":
        found = _elements(rest) if size is not None else _texts(tensor.get("data"))
        if len(shape) != 1 or shape[0] != len(found):
            raise ProtocolError(f"{len(found)} image files have shape [{len(found)}], not {shape}")
        return InferRequest(document, None, found)
    if not isinstance(kind, str) or kind not in NUMBERS:
        raise ProtocolError(
            f"datatype '{kind}' is not accepted; take {', '.join(NUMBERS)} or BYTES"
        )
    if size is not None:
        return InferRequest(document, _from_bytes(rest, shape, kind), None)
    return InferRequest(document, _from_list(tensor.get("data"), shape), None)


def _shape(value: Any) -> list[int]:
    is_shape = isinstance(value, list) and 0 < len(value) <= MOST_DIMENSIONS
    if not is_shape or not all(type(one) is int and 0 < one < 2**31 for one in value):
        raise ProtocolError("'shape' is a list of one to four positive numbers")
    return list(value)


def _from_bytes(rest: bytes, shape: list[int], kind: str) -> NDArray[Any]:
    wanted = math.prod(shape) * np.dtype(NUMBERS[kind]).itemsize
    if wanted != len(rest):
        raise ProtocolError(f"{kind} of shape {shape} takes {wanted} bytes, not {len(rest)}")
    return np.frombuffer(rest, NUMBERS[kind]).reshape(shape)


def _from_list(data: Any, shape: list[int]) -> NDArray[Any]:
    try:
        array = np.asarray(data, dtype=np.float64)
    except (ValueError, TypeError, OverflowError):
        raise ProtocolError("'data' holds something else than numbers, or uneven lists") from None
    if array.size != math.prod(shape):
        raise ProtocolError(f"'data' has {array.size} numbers, and shape {shape} has another many")
    return array.reshape(shape)


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


def _texts(data: Any) -> list[bytes]:
    if not isinstance(data, list) or not all(isinstance(one, str) for one in data):
        raise ProtocolError("BYTES in JSON are a list of image files in base64")
    try:
        return [base64.b64decode(one, validate=True) for one in data]
    except (binascii.Error, ValueError):
        raise ProtocolError("BYTES in JSON are image files in base64") from None


def _object(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ProtocolError(f"{name} is not a JSON object")
    return value


def write_response(
    document: dict[str, Any], values: NDArray[Any] | Sequence[Sequence[str]], *, binary: bool
) -> tuple[bytes, int | None]:
    """The body of an answer with one output, and the length of its JSON where bytes follow."""
    numbers = isinstance(values, np.ndarray)
    shape = list(values.shape) if isinstance(values, np.ndarray) else [len(values), len(values[0])]
    output: dict[str, Any] = {
        "name": OUTPUT,
        "datatype": "FP32" if numbers else "BYTES",
        "shape": shape,
    }
    if not binary:
        flat = np.asarray(values).ravel().tolist()
        return json.dumps({**document, "outputs": [{**output, "data": flat}]}).encode(), None
    rest = _as_bytes(values)
    output["parameters"] = {"binary_data_size": len(rest)}
    head = json.dumps({**document, "outputs": [output]}).encode()
    return head + rest, len(head)


def _as_bytes(values: NDArray[Any] | Sequence[Sequence[str]]) -> bytes:
    if isinstance(values, np.ndarray):
        return values.astype("<f4").tobytes()
    texts = [text.encode() for row in values for text in row]
    return b"".join(LENGTH.pack(len(text)) + text for text in texts)


def classification(
    probabilities: NDArray[np.float32], classes: Sequence[str], count: int
) -> list[list[str]]:
    """The most probable classes of each row, as `probability:index:label`."""
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :count]
    return [
        [f"{row[index]:.6f}:{index}:{classes[index]}" for index in indices]
        for row, indices in zip(probabilities.tolist(), order.tolist(), strict=True)
    ]
