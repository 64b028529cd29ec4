"""Features of all images of a dataset, streamed: no more than a batch of either is in memory."""

import json
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import torch
from torch import Tensor

from workers.datasets.image_dataset import ImageDataset
from workers.errors import BakeoffError
from workers.features.extractors import Extractor
from workers.features.store import TENSOR

HALF_RANGE = (1e-2, 1e4)  # of the largest number in a batch that float16 keeps to three digits
FORMATS = {torch.float16: "F16", torch.float32: "F32"}  # as safetensors calls them

#: A phase, the images that are done, and how many there are.
Report = Callable[[str, int, int], None]


class FeaturesError(BakeoffError):
    """A backbone gives no features that a head could be trained on."""


class Written(NamedTuple):
    """How features were written to a file."""

    dtype: torch.dtype
    num_images: int
    num_features: int
    seconds: float


@dataclass(frozen=True)
class Computation:
    """The features of all images of a dataset, in the order of its file, by one extractor."""

    extractor: Extractor
    dataset: ImageDataset
    batch_size: int
    report: Report

    def write(self, file: Path) -> Written:
        """Write the features to a file of safetensors, in float16 where that holds them."""
        started = perf_counter()
        sample = self.extractor.extract(next(self._batches()))
        is_held = HALF_RANGE[0] < float(sample.abs().max()) < HALF_RANGE[1]
        for dtype in (torch.float16, torch.float32) if is_held else (torch.float32,):
            if self._write(file, dtype, sample.shape[1]):
                seconds = perf_counter() - started
                return Written(dtype, self._num_images, sample.shape[1], seconds)
        raise FeaturesError("the backbone gives features that are not finite numbers")

    @property
    def _num_images(self) -> int:
        dataset = self.dataset
        return len(dataset.train) + len(dataset.validation) + len(dataset.test)

    def _write(self, file: Path, dtype: torch.dtype, num_features: int) -> bool:
        """Whether the format holds all features; else the file is of no use."""
        done = 0
        with file.open("wb") as opened:
            opened.write(_header(self._num_images, num_features, dtype))
            for images in self._batches():
                self.report("computing features", done, self._num_images)
                features = self.extractor.extract(images).to(dtype)
                if not features.isfinite().all():
                    return False
                opened.write(features.contiguous().numpy().tobytes())
                done += len(images)
        self.report("computing features", done, self._num_images)
        return True

    def _batches(self) -> Iterator[Tensor]:
        """All images (N, C, H, W) in the order of the file."""
        for split in (self.dataset.train, self.dataset.validation, self.dataset.test):
            yield from split.batches(self.batch_size)


def _header(num_images: int, num_features: int, dtype: torch.dtype) -> bytes:
    entry = {
        "dtype": FORMATS[dtype],
        "shape": [num_images, num_features],
        "data_offsets": [0, num_images * num_features * dtype.itemsize],
    }
    header = json.dumps({TENSOR: entry}).encode()
    padded = header.ljust(-(-len(header) // 8) * 8)  # so that the numbers lie at a multiple of 8
    return struct.pack("<Q", len(padded)) + padded
