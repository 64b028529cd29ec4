"""A request of the Open Inference Protocol: its JSON, and the images in its one input tensor."""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from models import ImageShape
from service.inference.bodies.errors import ProtocolError
from service.inference.bodies.images import (
    SECONDS_PER_NUMBER,
    Cost,
    PreparedImages,
    cost_of_file,
    from_file,
)
from service.inference.bodies.number_scale import Numbers, find_number_scale, measure
from service.inference.bodies.tensors import INPUT, OUTPUT, Values, json_object, read_values
from service.json_words import why_unreadable
from workers.datasets.images.preparation import Preparation

MAX_MICROSECONDS = 600e6  # of a timeout
_is_length = re.compile("[0-9]{1,12}").fullmatch


class OutputOptions(NamedTuple):
    """How the output is to be written: binary or not, and how many classes; 0 for probabilities."""

    binary: bool
    num_classes: int


@dataclass(frozen=True)
class InferenceRequest:
    """An inference request: its JSON, and the values of its one input."""

    document: dict[str, Any]
    values: Values

    def __len__(self) -> int:
        return len(self.values)

    def costs(self, preparation: Preparation) -> Sequence[Cost]:
        """What it takes to prepare each."""
        if isinstance(self.values, list):
            shape = ImageShape(*preparation.shape)
            return [cost_of_file(file, shape) for file in self.values]
        is_ready = self.values.dtype == np.uint8
        num_numbers = 0 if is_ready else math.prod(self.values.shape[1:])
        return [Cost(num_numbers * SECONDS_PER_NUMBER, 0)] * len(self)

    def prepare(
        self, preparation: Preparation, part: slice, white: float | None = None
    ) -> PreparedImages:
        """Decode and prepare a part of them. ProtocolError, ImageError."""
        values = self.values[part]
        if isinstance(values, list):
            if not values:
                raise ProtocolError("the request has no image")
            return PreparedImages.of(
                [from_file(file, preparation, name="an element", white=white) for file in values]
            )
        if values.shape[1:] != preparation.shape:
            given, expected = [len(self), *values.shape[1:]], [-1, *preparation.shape]
            raise ProtocolError(f"'images' has the shape {given}; accepted is {expected}")
        found = find_number_scale(
            self._measured, of_dataset=preparation.scale, white=white, accepted="accepted are {}"
        )
        pixels = np.ascontiguousarray(found.to_bytes(values))
        return PreparedImages(pixels, found.notes(len(pixels)))

    @cached_property
    def _measured(self) -> Numbers:
        return measure([np.asarray(self.values)])

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters of the whole request."""
        return json_object(self.document.get("parameters", {}), "parameters")

    @property
    def timeout(self) -> float | None:
        """Seconds after which the request is given up, where it has such a parameter."""
        microseconds = self.parameters.get("timeout")
        if microseconds is None:
            return None
        if type(microseconds) is not int or not 0 < microseconds <= MAX_MICROSECONDS:
            raise ProtocolError("'timeout' must be a number of microseconds, up to ten minutes")
        return microseconds / 1e6

    def output(self) -> OutputOptions:
        """How the one output is to be written. ProtocolError."""
        outputs = self.document.get("outputs") or [{"name": OUTPUT}]
        if not isinstance(outputs, list) or len(outputs) != 1:
            raise ProtocolError(f"'outputs' must have one element, the tensor '{OUTPUT}'")
        output = json_object(outputs[0], "outputs[0]")
        if output.get("name") != OUTPUT:
            raise ProtocolError(f"the only output is '{OUTPUT}'; '{output.get('name')}' is unknown")
        parameters = json_object(output.get("parameters", {}), "outputs[0].parameters")
        default = self.parameters.get("binary_data_output", False)
        num_classes = parameters.get("classification", 0)
        if type(num_classes) is not int or num_classes < 0:
            raise ProtocolError("'classification' must be the number of classes to list")
        return OutputOptions(bool(parameters.get("binary_data", default)), num_classes)


def read_request(body: bytes, header_length: str | None) -> InferenceRequest:
    """The request in a body: JSON, and behind its `header_length` bytes the binary tensor."""
    if header_length is not None and not _is_length(header_length):
        raise ProtocolError("Inference-Header-Content-Length is not a number of bytes")
    length = len(body) if header_length is None else int(header_length)
    if length > len(body):
        raise ProtocolError(
            f"the body has {len(body)} bytes, fewer than the {length} that its JSON is said to have"
        )
    document = json_object(_parse(body[:length]), "the body")
    inputs = document.get("inputs")
    if not isinstance(inputs, list) or len(inputs) != 1:
        raise ProtocolError(f"'inputs' must have one element, the tensor '{INPUT}'")
    tensor = json_object(inputs[0], "inputs[0]")
    if tensor.get("name") != INPUT:
        raise ProtocolError(f"the only input is '{INPUT}'; '{tensor.get('name')}' is unknown")
    return InferenceRequest(document, read_values(tensor, body[length:]))


def _parse(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"the body {why_unreadable(error)}") from None
