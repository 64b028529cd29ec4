"""Convolutional networks with residual blocks (He et al. 2015, arXiv:1512.03385)."""

from collections import OrderedDict
from typing import Annotated

from torch import Tensor, nn

from models import Bounds, ImageShape, architectures
from models._stems import StemStride, downsample

Channels = Annotated[int, Bounds("channels of one stage", 1, 1024)]
DropoutRate = Annotated[float, Bounds("share of features silenced before the classifier", 0, 0.9)]


class ResidualBlock(nn.Module):
    """Two 3×3 convolutions, added to a shortcut: (N, C_in, H, W) → (N, C_out, H/stride, W/stride).

    The shortcut is a 1×1 convolution where the shape changes, and nothing elsewhere.
    """

    def __init__(
        self, in_channels: int, out_channels: int, *, stride: int = 1, batch_norm: bool = True
    ) -> None:
        super().__init__()
        bias = not batch_norm  # batch norm has a bias of its own
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1, bias=bias)
        self.norm1 = _norm(out_channels, batch_norm=batch_norm)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=bias)
        self.norm2 = _norm(out_channels, batch_norm=batch_norm)
        self.relu = nn.ReLU(inplace=True)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or in_channels != out_channels:
            self.shortcut = nn.Sequential(
                OrderedDict(
                    conv=nn.Conv2d(in_channels, out_channels, 1, stride=stride, bias=bias),
                    norm=_norm(out_channels, batch_norm=batch_norm),
                )
            )

    def forward(self, x: Tensor) -> Tensor:
        """Residual plus shortcut."""
        residual = self.relu(self.norm1(self.conv1(x)))
        residual = self.norm2(self.conv2(residual))
        activation: Tensor = self.relu(residual + self.shortcut(x))
        return activation


@architectures.register
def residual_cnn(
    image_shape: ImageShape,
    num_classes: int,
    *,
    channels: Annotated[
        tuple[Channels, Channels], Bounds("channels of the stem and of the blocks")
    ] = (32, 64),
    dropout: DropoutRate = 0.0,
    stem_stride: StemStride = 1,
) -> nn.Module:
    """A CNN with two residual blocks and batch norm, made for MNIST: 163,466 parameters there.

    A 3×3 stem with batch norm, 2×2 max-pooling and ReLU, two residual blocks of which the first
    halves the image again, and one linear layer.

    A large image is first halved by 3×3 convolutions of stride 2 with 16 channels, batch norm and
    ReLU; `stem_stride` says by how much in all.
    """
    downsampling, shape = downsample(image_shape, stem_stride, batch_norm=True)
    stem, wide = channels
    layers: OrderedDict[str, nn.Module] = OrderedDict(
        **downsampling,
        stem=nn.Conv2d(shape.channels, stem, 3, padding=1),
        norm=nn.BatchNorm2d(stem),
        pool=nn.MaxPool2d(2, ceil_mode=True),
        relu=nn.ReLU(inplace=True),
        block1=ResidualBlock(stem, wide, stride=2),
        block2=ResidualBlock(wide, wide),
        flatten=nn.Flatten(),
    )
    if dropout > 0:
        layers["dropout"] = nn.Dropout(dropout)
    height, width = (-(-side // 4) for side in shape[1:])
    layers["classifier"] = nn.Linear(wide * height * width, num_classes)
    return nn.Sequential(layers)


Stages = Annotated[
    tuple[Channels, Channels, Channels], Bounds("channels of the three blocks, first to last")
]
BatchNorm = Annotated[bool, Bounds("normalise each convolution over the batch")]


@architectures.register
def deep_residual_cnn(
    image_shape: ImageShape,
    num_classes: int,
    *,
    channels: Stages = (32, 64, 128),
    batch_norm: BatchNorm = False,
    dropout: DropoutRate = 0.0,
    stem_stride: StemStride = 1,
) -> nn.Module:
    """A CNN with three residual blocks, made for CIFAR-10, without any regularisation.

    Compare it with regularised_residual_cnn to see what batch norm and dropout are worth.

    A large image is first halved by 3×3 convolutions of stride 2 with 16 channels and ReLU;
    `stem_stride` says by how much in all.
    """
    return _three_blocks(
        image_shape,
        num_classes,
        channels,
        batch_norm=batch_norm,
        dropout=dropout,
        stem_stride=stem_stride,
    )


@architectures.register
def regularised_residual_cnn(
    image_shape: ImageShape,
    num_classes: int,
    *,
    channels: Stages = (32, 64, 128),
    batch_norm: BatchNorm = True,
    dropout: DropoutRate = 0.3,
    stem_stride: StemStride = 1,
) -> nn.Module:
    """The three residual blocks of deep_residual_cnn with batch norm and dropout.

    The rest of regularisation (weight decay, augmentation, label smoothing) is in the recipe, which
    is the same for every architecture of a comparison.

    A large image is first halved by 3×3 convolutions of stride 2 with 16 channels, batch norm and
    ReLU; `stem_stride` says by how much in all.
    """
    return _three_blocks(
        image_shape,
        num_classes,
        channels,
        batch_norm=batch_norm,
        dropout=dropout,
        stem_stride=stem_stride,
    )


def _three_blocks(
    image_shape: ImageShape,
    num_classes: int,
    channels: tuple[int, int, int],
    *,
    batch_norm: bool,
    dropout: float,
    stem_stride: int,
) -> nn.Module:
    downsampling, shape = downsample(image_shape, stem_stride, batch_norm=batch_norm)
    first, second, third = channels
    layers: OrderedDict[str, nn.Module] = OrderedDict(
        **downsampling,
        stem=nn.Conv2d(shape.channels, first, 3, padding=1, bias=not batch_norm),
        norm=_norm(first, batch_norm=batch_norm),
        relu=nn.ReLU(inplace=True),
        block1=ResidualBlock(first, first, batch_norm=batch_norm),
        block2=ResidualBlock(first, second, stride=2, batch_norm=batch_norm),
        block3=ResidualBlock(second, third, stride=2, batch_norm=batch_norm),
        pool=nn.AdaptiveAvgPool2d(1),
        flatten=nn.Flatten(),
    )
    if dropout > 0:
        layers["dropout"] = nn.Dropout(dropout)
    layers["classifier"] = nn.Linear(third, num_classes)
    return nn.Sequential(layers)


def _norm(channels: int, *, batch_norm: bool) -> nn.Module:
    return nn.BatchNorm2d(channels) if batch_norm else nn.Identity()
