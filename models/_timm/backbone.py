"""Backbones: networks of timm without their classifier, with a head of ours behind them."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Self

import torch
from torch import Tensor, nn
from torch.nn import functional

from models._image_shape import ImageShape
from models._timm.fine_tuning import batch_norms

#: Mean and standard deviation of each channel, of pixels in [0, 1].
Scale = tuple[tuple[float, ...], tuple[float, ...]]


class Preprocessing(nn.Module):
    """Brings images (N, 1 or 3, H, W) in [0, 1] to the size and scale that a backbone was trained on.

    They are resized as by Pillow, bicubic and antialiased, whatever their proportions. A grey image
    becomes three equal channels. Mean and standard deviation of pixels in [0, 1] are buffers, so that
    a model keeps those of the weights it started from.
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self,
        image_shape: ImageShape,
        resolution: int,
        mean: Sequence[float],
        std: Sequence[float],
    ) -> None:
        super().__init__()
        self.resolution = resolution
        self._is_resized = (image_shape.height, image_shape.width) != (resolution, resolution)
        self.register_buffer("mean", torch.tensor(mean).view(-1, 1, 1))
        self.register_buffer("std", torch.tensor(std).view(-1, 1, 1))

    @property
    def scale(self) -> Scale:
        """Mean and standard deviation of the pixels that the body expects."""
        mean, std = (tuple(moment.flatten().tolist()) for moment in (self.mean, self.std))
        return mean, std

    @scale.setter
    def scale(self, scale: Scale) -> None:
        for moment, values in zip((self.mean, self.std), scale, strict=True):
            moment.copy_(torch.tensor(values).view(-1, 1, 1))

    def forward(self, images: Tensor) -> Tensor:
        """Images (N, 3, resolution, resolution) with mean 0 and variance 1 over what was trained on."""
        if self._is_resized:
            size = (self.resolution, self.resolution)
            resized = functional.interpolate(images, size, mode="bicubic", antialias=True)
            images = resized.clamp(0, 1)  # bicubic weights overshoot at edges; Pillow clips, too
        return (images - self.mean) / self.std


class Backbone(nn.Module):
    """A backbone and its head: images (N, 1 or 3, H, W) in [0, 1] become logits (N, num_classes).

    What trains it passes images that are divided by 255 and not normalised otherwise, and multiplies
    the learning rate of each parameter of the body by what `rate_factors` has under its name.
    """

    def __init__(
        self,
        preprocessing: Preprocessing,
        body: nn.Module,
        head: nn.Module,
        num_features: int,
        *,
        rate_factors: Mapping[str, float] | None = None,
        freezes_batch_norm: bool = False,
    ) -> None:
        super().__init__()
        self.preprocessing, self.body, self.head = preprocessing, body, head
        self.num_features = num_features
        self.rate_factors = {
            f"body.{name}": factor for name, factor in (rate_factors or {}).items()
        }
        self._freezes_batch_norm = freezes_batch_norm

    def train(self, mode: bool = True) -> Self:  # noqa: FBT001, FBT002 - as torch has it
        """Train or evaluate; with frozen batch norm the body keeps its means and variances in both."""
        super().train(mode)
        if self._freezes_batch_norm:
            for layer in batch_norms(self.body):
                layer.eval()
        return self

    def forward(self, images: Tensor) -> Tensor:
        """Logits (N, num_classes)."""
        logits: Tensor = self.head(self.features(images))
        return logits

    def features(self, images: Tensor) -> Tensor:
        """What the body makes of images: (N, num_features)."""
        features: Tensor = self.body(self.preprocessing(images))
        return features


def make_head(num_features: int, num_classes: int, *, hidden_units: int) -> nn.Sequential:
    """A linear classifier of features (N, num_features), behind one hidden layer if it has units."""
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    if hidden_units:
        layers["hidden"] = nn.Linear(num_features, hidden_units)
        layers["relu"] = nn.ReLU(inplace=True)
    layers["classifier"] = nn.Linear(hidden_units or num_features, num_classes)
    return nn.Sequential(layers)
