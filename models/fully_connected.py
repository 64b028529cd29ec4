"""Fully connected networks: every pixel to every unit."""

from typing import Annotated

from torch import nn

from models import Bounds, ImageShape, architectures

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
) -> nn.Module:
    """A small fully connected net: two hidden layers with ReLU.

    On MNIST it is 784-80-80-10 and has 70,090 parameters. It does not know which pixels are
    neighbours; a comparison with a CNN shows what that is worth.
    """
    layers = [(width, dropout) for width in widths]
    return _build(image_shape, num_classes, layers, batch_norm=batch_norm)


@architectures.register
def deep_fully_connected(
    image_shape: ImageShape,
    num_classes: int,
    *,
    dropout: Annotated[
        tuple[DropoutRate, DropoutRate, DropoutRate],
        Bounds("after the first, second and third hidden layer"),
    ] = (0.5, 0.3, 0.25),
) -> nn.Module:
    """A deep fully connected net: 1024, 512, 512 and 256 units with ReLU, dropout after three.

    Made for CIFAR-10, where it has 4.1 million parameters.
    """
    layers = list(zip((1024, 512, 512, 256), (*dropout, 0.0), strict=True))
    return _build(image_shape, num_classes, layers, batch_norm=False)


def _build(
    image_shape: ImageShape, num_classes: int, layers: list[tuple[int, float]], *, batch_norm: bool
) -> nn.Module:
    network = nn.Sequential()
    network.add_module("flatten", nn.Flatten())
    num_inputs = image_shape.channels * image_shape.height * image_shape.width
    for number, (width, dropout) in enumerate(layers, start=1):
        network.add_module(f"hidden{number}", nn.Linear(num_inputs, width))
        if batch_norm:
            network.add_module(f"norm{number}", nn.BatchNorm1d(width))
        network.add_module(f"relu{number}", nn.ReLU(inplace=True))
        if dropout > 0:
            network.add_module(f"dropout{number}", nn.Dropout(dropout))
        num_inputs = width
    network.add_module("classifier", nn.Linear(num_inputs, num_classes))
    return network
