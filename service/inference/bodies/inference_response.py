"""A response of the Open Inference Protocol: JSON with one output tensor, or its bytes behind it."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.inference.bodies.tensors import OUTPUT, to_bytes


def write_response(
    document: dict[str, Any], values: NDArray[Any] | Sequence[Sequence[str]], *, binary: bool
) -> tuple[bytes, int | None]:
    """The body of a response with one output, and the length of its JSON where bytes follow.

    `values` are numbers (N, num_classes), or as many texts for each of the N images.
    """
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
    rest = to_bytes(values)
    output["parameters"] = {"binary_data_size": len(rest)}
    head = json.dumps({**document, "outputs": [output]}).encode()
    return head + rest, len(head)


def most_probable(
    probabilities: NDArray[np.float32], classes: Sequence[str], count: int
) -> list[list[str]]:
    """The most probable classes of each row, as `probability:index:label`."""
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :count]
    return [
        [f"{row[index]:.6f}:{index}:{classes[index]}" for index in indices]
        for row, indices in zip(probabilities.tolist(), order.tolist(), strict=True)
    ]
