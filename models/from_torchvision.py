"""Networks from torchvision, untrained, with a stem that suits the images."""

from functools import partial
from typing import Annotated, Literal

from torch import nn

from models import Bounds, ImageShape, architectures
from models._stems import STEM_STRIDE
from models._torchvision import import_torchvision


@architectures.register
def resnet18(
    image_shape: ImageShape,
    num_classes: int,
    *,
    stem_stride: Annotated[Literal[1, 2, 4], STEM_STRIDE] = 1,
) -> nn.Module:
    """ResNet-18 (He et al. 2015, arXiv:1512.03385): four stages of two residual blocks.

    The stem of stride 4 is the paper's, made for 224 pixels: a 7×7 convolution of stride 2 and 3×3
    max-pooling of stride 2. With stride 2 it has no pooling. With stride 1 it is a 3×3 convolution, as in
    the paper's own CIFAR-10 networks: a 28-pixel image would otherwise reach the blocks as 7×7.
    """
    import_torchvision()
    from torchvision.models import resnet18 as build

    network: nn.Module = build(weights=None, num_classes=num_classes)
    kernel, stride = (3, 1) if stem_stride == 1 else (7, 2)
    network.conv1 = nn.Conv2d(
        image_shape.channels, 64, kernel, stride=stride, padding=kernel // 2, bias=False
    )
    if stem_stride in (1, 2):
        network.maxpool = nn.Identity()
    return network


@architectures.register
def mobilenet_v3_small(
    image_shape: ImageShape,
    num_classes: int,
    *,
    dropout: Annotated[
        float, Bounds("share of features silenced before the classifier", 0, 0.9)
    ] = 0.2,
    stem_stride: Annotated[Literal[1, 2], STEM_STRIDE] = 1,
) -> nn.Module:
    """MobileNetV3-Small (Howard et al. 2019, arXiv:1905.02244): depthwise convolutions.

    The stem of stride 2 is the published one; with stride 1 small images keep their detail. Batch norm
    uses PyTorch's usual momentum of 0.1: with torchvision's 0.01 its statistics need thousands of steps.
    """
    import_torchvision()
    from torchvision.models import mobilenet_v3_small as build

    network: nn.Module = build(
        weights=None,
        num_classes=num_classes,
        dropout=dropout,
        norm_layer=partial(nn.BatchNorm2d, eps=1e-3),
    )
    stem = nn.Conv2d(image_shape.channels, 16, 3, stride=stem_stride, padding=1, bias=False)
    network.get_submodule("features.0").register_module("0", stem)
    return network
