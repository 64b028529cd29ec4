"""A dataset: uint8 images and labels in three splits, in memory or mapped from a file."""

import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from models import ImageShape

if TYPE_CHECKING:  # training imports this module where only torch is installed
    from workers.datasets.images.preparation import Preparation

PIXELS_AT_ONCE = 4 * 2**20  # that are copied or counted: counting takes eight bytes for each


@dataclass(frozen=True)
class Split:
    """Images (N, C, H, W) as uint8 and labels (N,) as int64, on one device.

    The head of a backbone is trained on features instead: (N, C, 1, 1), as float16 or float32.

    With `rows`, `images` has those of other splits too, and nothing is copied before it is asked for.
    """

    images: Tensor
    labels: Tensor
    rows: Tensor | None = None  # (N,) where its images lie in `images`; None: they are all of them

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def num_bytes(self) -> int:
        """Bytes of all images."""
        return len(self) * math.prod(self.images.shape[1:]) * self.images.element_size()

    def first(self, indices: Tensor | None = None) -> Tensor:
        """The first image, or the first of those at `indices` (N,): (1, C, H, W)."""
        if indices is None and self.rows is None:
            return self.images[:1]
        return next(self.batches(1, torch.arange(1) if indices is None else indices[:1]))

    def batches(self, size: int, indices: Tensor | None = None) -> Iterator[Tensor]:
        """All images, or those at `indices`, in their order, as many as `size` (N, C, H, W) at once."""
        if indices is None and self.rows is None:
            return iter(self.images.split(size))
        chosen = torch.arange(len(self)) if indices is None else indices
        on_device = chosen.to(self.labels.device)
        return (self.images_at(part) for part in on_device.split(size))

    def select(self, indices: Tensor) -> "Split":
        """The images at `indices`, in that order."""
        return Split(self.images_at(indices), self.labels.index_select(0, indices))

    def images_at(self, indices: Tensor) -> Tensor:
        """The images at `indices`, in the memory layout of the split, so that whole rows are copied."""
        if self.rows is not None:
            indices = self.rows.index_select(0, indices)
        if self.images.is_contiguous(memory_format=torch.channels_last):
            return self.images.permute(0, 2, 3, 1).index_select(0, indices).permute(0, 3, 1, 2)
        return self.images.index_select(0, indices)

    def to(
        self, device: torch.device, layout: torch.memory_format = torch.contiguous_format
    ) -> "Split":
        """The same split on `device`, its images in the memory layout `layout`."""
        if self.rows is None:
            images = self.images.to(device).contiguous(memory_format=layout)
            return Split(images, self.labels.to(device))
        if device == self.images.device and self.images.is_contiguous(memory_format=layout):
            return self
        return Split(self._gather(device, layout), self.labels.to(device))

    def _gather(self, device: torch.device, layout: torch.memory_format) -> Tensor:
        """Its own images alone, moved a few at a time: those of a file need not fit in memory twice."""
        shape = (len(self), *self.images.shape[1:])
        dtype = self.images.dtype
        gathered = torch.empty(shape, dtype=dtype, device=device, memory_format=layout)
        size = _images_at_once(self)
        for part, images in zip(gathered.split(size), self.batches(size), strict=True):
            part.copy_(images)
        return gathered


@dataclass(frozen=True)
class ImageDataset:
    """Named images with labels and class names, split into train, validation and test."""

    name: str
    classes: tuple[str, ...]
    sha256: str  # of the content, whatever file it came from
    train: Split
    validation: Split
    test: Split
    split: str = ""  # the name of the rule by which the content was split
    preparation: "Preparation | None" = None  # how images became these pixels; None: not known
    #: Mean and standard deviation of each channel, where the file has them; else they are computed.
    moments: tuple[tuple[float, ...], tuple[float, ...]] | None = None

    @property
    def num_bytes(self) -> int:
        """Bytes of the images of all splits."""
        return sum(split.num_bytes for split in (self.train, self.validation, self.test))

    @property
    def image_shape(self) -> ImageShape:
        """Channels, height and width of every image."""
        channels, height, width = self.train.images.shape[1:]
        return ImageShape(channels, height, width)

    @property
    def num_classes(self) -> int:
        """How many class names there are."""
        return len(self.classes)

    @functools.cached_property
    def mean(self) -> tuple[float, ...]:
        """Mean of every channel over the train split, on the scale 0 to 1."""
        return self._channel_moments[0]

    @functools.cached_property
    def std(self) -> tuple[float, ...]:
        """Standard deviation of every channel over the train split, on the scale 0 to 1."""
        return self._channel_moments[1]

    @functools.cached_property
    def _channel_moments(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        if self.moments:
            return self.moments
        # Exact from counts of the 256 values: no float copy of the images is made.
        values = torch.arange(256, dtype=torch.float64) / 255
        means, stds = [], []
        for counts in _value_counts(self.train):
            weights = counts.double() / counts.sum()
            mean = (weights * values).sum()
            means.append(float(mean))
            stds.append(max(float((weights * (values - mean) ** 2).sum().sqrt()), 1e-6))
        return tuple(means), tuple(stds)


def _value_counts(split: Split) -> Tensor:
    """How many pixels of each channel have each of the 256 values: (C, 256), int64."""
    channels = split.images.shape[1]
    counts = torch.zeros(channels, 256, dtype=torch.int64)
    for images in split.batches(_images_at_once(split)):
        for channel, values in enumerate(images.cpu().unbind(dim=1)):
            counts[channel] += torch.bincount(values.flatten(), minlength=256)
    return counts


def _images_at_once(split: Split) -> int:
    return max(1, PIXELS_AT_ONCE // math.prod(split.images.shape[2:]))
