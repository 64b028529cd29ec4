"""Networks from torchvision, untrained, with a stem that suits images of 28 to 32 pixels."""

from functools import partial
from typing import Annotated

from torch import nn

from models import Bounds, ImageShape, architectures
from models._torchvision import import_torchvision


@architectures.register
def resnet18(image_shape: ImageShape, num_classes: int) -> nn.Module:
    """ResNet-18 (He et al. 2015, arXiv:1512.03385): four stages of two residual blocks.

    The 7×7 stride-2 stem with max-pooling, made for 224 pixels, is a 3×3 stride-1 convolution here,
    as in the paper's own CIFAR-10 networks: a 28-pixel image would reach the blocks as 7×7.
    """
    import_torchvision()
    from torchvision.models import resnet18 as build

    network: nn.Module = build(weights=None, num_classes=num_classes)
    network.conv1 = nn.Conv2d(image_shape.channels, 64, 3, padding=1, bias=False)
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
) -> nn.Module:
    """MobileNetV3-Small (Howard et al. 2019, arXiv:1905.02244): depthwise convolutions.

    The stem's stride is 1 instead of 2, so that small images keep their detail, and batch norm
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
    stem = nn.Conv2d(image_shape.channels, 16, 3, padding=1, bias=False)
    network.get_submodule("features.0").register_module("0", stem)
    return network
