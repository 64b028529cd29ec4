"""The IDX format of MNIST and its kin (LeCun, Cortes & Burges 1998)."""

import gzip
import math
import zlib
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from workers.datasets.content import Content
from workers.datasets.errors import SourceError

UINT8 = 0x08
FILES = ("train-images", "train-labels", "t10k-images", "t10k-labels")


def read_idx_file(path: Path) -> Tensor:
    """The uint8 tensor in an IDX file, gzipped or not; SourceError where it is not whole."""
    content = path.read_bytes()
    try:
        content = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(f"{path.name} is damaged: {error}") from None
    num_dimensions = content[3] if content[:3] == bytes([0, 0, UINT8]) else 0
    start = 4 + 4 * num_dimensions
    shape = [int(n) for n in np.frombuffer(content[4:start], ">u4")]
    if num_dimensions == 0 or len(content) != start + math.prod(shape):
        raise SourceError(f"{path.name} is not a whole IDX file of bytes")
    values = np.frombuffer(content, np.uint8, offset=start).reshape(shape)
    return torch.from_numpy(values.copy())


def read_idx_folder(folder: Path, classes: tuple[str, ...]) -> Content:
    """The dataset in the four IDX files below `folder`, with one channel; SourceError."""
    tensors = {}
    for stem in FILES:
        found = sorted(folder.rglob(f"{stem}*"))
        if not found:
            raise SourceError(f"there is no file {stem}-… in it")
        tensors[stem] = read_idx_file(found[0])
    return Content(
        classes=classes,
        train_images=tensors["train-images"].unsqueeze(1),
        train_labels=tensors["train-labels"].long(),
        test_images=tensors["t10k-images"].unsqueeze(1),
        test_labels=tensors["t10k-labels"].long(),
    )
