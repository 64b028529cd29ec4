"""Stems: the first layers of a network, which bring a large image down to the size the rest is made for."""

import inspect
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, get_args

from torch import nn

from models._bounds import Bounds
from models._image_shape import ImageShape

#: The networks here are made for images of 28 to 32 pixels. With strides that are powers of two, what
#: lies behind the stem of a larger image has 24 to 48 positions a side.
MOST_POSITIONS = 48
STEM_CHANNELS = 16  # as in the stem of MobileNetV3

STEM_STRIDE = Bounds(
    "pixels of the image to one position behind the stem, per side; where a request does not name it,"
    " it is chosen to fit the images, and stored where it is not 1",
    omitted_at_default=True,
)
StemStride = Annotated[Literal[1, 2, 4, 8, 16], STEM_STRIDE]


def fitting_options(
    architecture: Callable[..., nn.Module], image_shape: ImageShape
) -> dict[str, Any]:
    """The options of an architecture that follow from the images: its `stem_stride`, if it has one."""
    option = inspect.signature(architecture).parameters.get("stem_stride")
    if option is None:
        return {}
    strides = get_args(get_args(option.annotation)[0])  # of Annotated[Literal[1, 2, ...], Bounds]
    return {"stem_stride": fitting_stem_stride(image_shape, strides)}


def fitting_stem_stride(image_shape: ImageShape, strides: Sequence[int]) -> int:
    """The smallest of `strides` that leaves an area of 48 × 48 positions at most, or else the largest.

    The area counts, because the cost of a network goes with it: an oblong image keeps more of its
    shorter side than it would if the longer one counted.
    """
    area = image_shape.height * image_shape.width
    fitting = (stride for stride in strides if area <= (MOST_POSITIONS * stride) ** 2)
    return next(fitting, max(strides))


def downsample(
    image_shape: ImageShape, stem_stride: int, *, batch_norm: bool
) -> tuple[OrderedDict[str, nn.Module], ImageShape]:
    """Layers that divide the sides of an image by `stem_stride`, by name, and the shape of their output.

    Each 3×3 convolution of stride 2, with ReLU, halves the sides, rounded up (Xiao et al. 2021,
    arXiv:2106.14881). At stride 1 there are no layers, and the shape is that of the image.
    """
    if stem_stride == 1:
        return OrderedDict(), image_shape
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    in_channels, height, width = image_shape
    for number in range(1, stem_stride.bit_length()):
        convolution = nn.Conv2d(
            in_channels, STEM_CHANNELS, 3, stride=2, padding=1, bias=not batch_norm
        )
        # torch's own initialisation shrinks the signal 2.4 times a layer where nothing normalises it.
        nn.init.kaiming_normal_(convolution.weight, nonlinearity="relu")
        layers[f"conv{number}"] = convolution
        if batch_norm:
            layers[f"norm{number}"] = nn.BatchNorm2d(STEM_CHANNELS)
        layers[f"relu{number}"] = nn.ReLU(inplace=True)
        in_channels, height, width = STEM_CHANNELS, -(-height // 2), -(-width // 2)
    shape = ImageShape(in_channels, height, width)
    return OrderedDict(downsampling=nn.Sequential(layers)), shape
