"""A plain convolutional network."""

from typing import Annotated

from torch import nn

from models import Bounds, ImageShape, architectures

Channels = Annotated[int, Bounds("channels of one convolution", 1, 1024)]
DropoutRate = Annotated[float, Bounds("share of features silenced before the classifier", 0, 0.9)]


@architectures.register
def cnn(
    image_shape: ImageShape,
    num_classes: int,
    *,
    channels: Annotated[
        tuple[Channels, Channels], Bounds("channels of the first and second convolution")
    ] = (32, 64),
    dropout: DropoutRate = 0.0,
) -> nn.Module:
    """Two 3×3 convolutions, each followed by 2×2 max-pooling and ReLU, then one linear layer.

    Max-pooling and ReLU commute, so this is also the network with ReLU before the pooling. It has
    50,186 parameters on MNIST: fewer than the fully connected net, and it classifies better.
    """
    first, second = channels
    network = nn.Sequential()
    network.add_module("conv1", nn.Conv2d(image_shape.channels, first, 3, padding=1))
    # ceil_mode: an odd side keeps its last row, and an image of one pixel stays one pixel.
    network.add_module("pool1", nn.MaxPool2d(2, ceil_mode=True))
    network.add_module("relu1", nn.ReLU(inplace=True))
    network.add_module("conv2", nn.Conv2d(first, second, 3, padding=1))
    network.add_module("pool2", nn.MaxPool2d(2, ceil_mode=True))
    network.add_module("relu2", nn.ReLU(inplace=True))
    network.add_module("flatten", nn.Flatten())
    if dropout > 0:
        network.add_module("dropout", nn.Dropout(dropout))
    height, width = (-(-side // 4) for side in image_shape[1:])
    network.add_module("classifier", nn.Linear(second * height * width, num_classes))
    return network
