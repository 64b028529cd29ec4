"""An `.npz` as Keras has it: uint8 images (N, H, W), (N, H, W, C) or (N, C, H, W), integer labels (N,)."""

import io
import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from workers.datasets.content import MOST_CLASSES, Content
from workers.datasets.errors import ArchiveError
from workers.datasets.formats import Archive
from workers.datasets.zip_archive import MOST_BYTES

ACCEPTED = "an .npz with x_train, y_train, x_test and y_test"
IMAGES, LABELS = ("x_train", "x_test"), ("y_train", "y_test")
MOST_SIDE = 512
Array = np.ndarray[Any, Any]


def matches(archive: Archive) -> bool:
    """Whether it holds arrays and nothing else."""
    return all(name.endswith(".npy") for name in archive.names)


def read(archive: Archive) -> Content:
    """The arrays of an archive; only numbers are read, and sizes are checked before."""
    arrays = {name: _array(archive, name) for name in (*IMAGES, *LABELS)}
    images = {name: _images(name, arrays[name]) for name in IMAGES}
    labels = {name: _labels(name, arrays[name]) for name in LABELS}
    if images["x_train"].shape[1:] != images["x_test"].shape[1:]:
        raise ArchiveError("the images of x_train and x_test differ in shape")
    for image_name, label_name in zip(IMAGES, LABELS, strict=True):
        if len(images[image_name]) != len(labels[label_name]):
            raise ArchiveError(
                f"{image_name} has {len(images[image_name])} images and {label_name} has"
                f" {len(labels[label_name])} labels; there must be one for each"
            )
    highest = max((int(labels[name].max()) for name in LABELS if len(labels[name])), default=-1)
    if highest >= MOST_CLASSES:  # before a name is made for each
        raise ArchiveError(
            f"there is a label {highest}; labels of classes go to {MOST_CLASSES - 1}"
        )
    num_classes = highest + 1
    return Content(
        classes=tuple(str(index) for index in range(num_classes)),
        train_images=images["x_train"],
        train_labels=labels["y_train"],
        test_images=images["x_test"],
        test_labels=labels["y_test"],
    )


def _array(archive: Archive, name: str) -> Array:
    file_name = f"{name}.npy"
    if file_name not in archive.names:
        raise ArchiveError(f"the .npz has no {name}; accepted is {ACCEPTED}")
    content = io.BytesIO(archive.read(file_name))
    try:
        version = np.lib.format.read_magic(content)
        read_header = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }[version]
        shape, _, dtype = read_header(content)
        if math.prod(shape) * dtype.itemsize > MOST_BYTES:
            raise ArchiveError(f"{name} declares more than {MOST_BYTES:,} bytes")
        content.seek(0)
        return np.lib.format.read_array(content, allow_pickle=False)
    except ArchiveError:
        raise
    except (ValueError, KeyError, TypeError, EOFError, OverflowError, MemoryError) as error:
        raise ArchiveError(f"{name} is not an array of numbers ({error})") from None


def _images(name: str, array: Array) -> Tensor:
    accepted = "uint8, (N, H, W), (N, H, W, C) or (N, C, H, W) with 1 or 3 channels"
    if array.dtype != np.uint8 or array.ndim not in {3, 4}:
        raise ArchiveError(f"{name} is {array.dtype} {array.shape}; accepted is {accepted}")
    images = torch.from_numpy(np.ascontiguousarray(array))
    if images.ndim == 3:  # noqa: PLR2004 - grey images without a channel axis
        images = images.unsqueeze(1)
    elif images.shape[1] not in {1, 3}:
        images = images.permute(0, 3, 1, 2)
    channels, height, width = images.shape[1:]
    if channels not in {1, 3} or not (1 <= height <= MOST_SIDE and 1 <= width <= MOST_SIDE):
        raise ArchiveError(
            f"{name} has shape {array.shape}; accepted is {accepted} and sides up to {MOST_SIDE}"
        )
    return images.contiguous()


def _labels(name: str, array: Array) -> Tensor:
    flat = array.reshape(-1) if array.ndim == 2 and array.shape[1:] == (1,) else array  # noqa: PLR2004 - Keras writes labels as a column
    if flat.ndim != 1 or not np.issubdtype(flat.dtype, np.integer):
        raise ArchiveError(f"{name} is {array.dtype} {array.shape}; accepted are integers (N,)")
    return torch.from_numpy(flat.astype(np.int64))
