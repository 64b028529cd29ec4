"""Fully connected networks: every pixel to every unit."""

from typing import Annotated

from torch import nn

from models import Bounds, ImageShape, architectures
from models._stems import StemStride

Widths = Annotated[
    tuple[Annotated[int, Bounds("units of one hidden layer", 1, 8192)], ...],
    Bounds("units of the hidden layers, first to last"),
]
DropoutRate = Annotated[float, Bounds("share of units silenced in training", 0, 0.9)]


@architectures.register
def fully_connected(
    image_shape: ImageShape,
    num_classes: int,
    *,
    widths: Widths = (80, 80),
    dropout: DropoutRate = 0.0,
    batch_norm: Annotated[bool, Bounds("normalise each hidden layer over the batch")] = False,
    stem_stride: StemStride = 1,
) -> nn.Module:
    """A small fully connected net: two hidden layers with ReLU.

    On MNIST it is 784-80-80-10 and has 70,090 parameters. It does not know which pixels are
    neighbours; a comparison with a CNN shows what that is worth.

    A large image is first averaged in squares of `stem_stride` × `stem_stride` pixels, because the
    first layer has a weight for each pixel and unit.
    """
    layers = [(width, dropout) for width in widths]
    return _build(image_shape, num_classes, layers, batch_norm=batch_norm, stem_stride=stem_stride)


@architectures.register
def deep_fully_connected(
    image_shape: ImageShape,
    num_classes: int,
    *,
    dropout: Annotated[
        tuple[DropoutRate, DropoutRate, DropoutRate],
        Bounds("after the first, second and third hidden layer"),
    ] = (0.5, 0.3, 0.25),
    stem_stride: StemStride = 1,
) -> nn.Module:
    """A deep fully connected net: 1024, 512, 512 and 256 units with ReLU, dropout after three.

    Made for CIFAR-10, where it has 4.1 million parameters. A large image is first averaged in squares of
    `stem_stride` × `stem_stride` pixels.
    """
    layers = list(zip((1024, 512, 512, 256), (*dropout, 0.0), strict=True))
    return _build(image_shape, num_classes, layers, batch_norm=False, stem_stride=stem_stride)


def _build(
    image_shape: ImageShape,
    num_classes: int,
    layers: list[tuple[int, float]],
    *,
    batch_norm: bool,
    stem_stride: int,
) -> nn.Module:
    network = nn.Sequential()
    if stem_stride > 1:
        # The last row and column of squares may be smaller; each is the mean of what there is.
        pool = nn.AvgPool2d(stem_stride, ceil_mode=True, count_include_pad=False)
        network.add_module("pool", pool)
    network.add_module("flatten", nn.Flatten())
    height, width = (-(-side // stem_stride) for side in image_shape[1:])
    num_inputs = image_shape.channels * height * width
    for number, (units, dropout) in enumerate(layers, start=1):
        network.add_module(f"hidden{number}", nn.Linear(num_inputs, units))
        if batch_norm:
            network.add_module(f"norm{number}", nn.BatchNorm1d(units))
        network.add_module(f"relu{number}", nn.ReLU(inplace=True))
        if dropout > 0:
            network.add_module(f"dropout{number}", nn.Dropout(dropout))
        num_inputs = units
    network.add_module("classifier", nn.Linear(num_inputs, num_classes))
    return network
