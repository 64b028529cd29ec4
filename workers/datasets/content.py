"""The content of a dataset, as a source or an upload has it, before validation is split off."""

import hashlib
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from workers.errors import BakeoffError

MOST_CLASSES = 1000


@dataclass(frozen=True)
class Content:
    """uint8 images (N, C, H, W) and int64 labels (N,) of train and test, with class names."""

    classes: tuple[str, ...]
    train_images: Tensor
    train_labels: Tensor
    test_images: Tensor
    test_labels: Tensor
    note: str = ""  # what was changed when it was read, such as "resized from 40×30"

    @property
    def sha256(self) -> str:
        """The digest that names the content: the same for the same images, wherever they come from."""
        digest = hashlib.sha256()
        for tensor in (self.train_images, self.train_labels, self.test_images, self.test_labels):
            digest.update(f"{tuple(tensor.shape)}".encode())
            digest.update(np.ascontiguousarray(tensor.numpy()).data)
        digest.update("\n".join(self.classes).encode())
        return digest.hexdigest()


class ContentError(BakeoffError):
    """The content is not a dataset that can be trained on; the message says what is accepted."""


def checked(content: Content) -> Content:
    """The same content; ContentError where nothing can be learnt from it."""
    num_classes = len(content.classes)
    if num_classes < 2:  # noqa: PLR2004 - two is what classifying means
        raise ContentError(f"at least 2 classes are needed, and there is {num_classes}")
    if num_classes > MOST_CLASSES:
        raise ContentError(
            f"at most {MOST_CLASSES} classes are accepted, and there are {num_classes}"
        )
    for split, labels in (("train", content.train_labels), ("test", content.test_labels)):
        if len(labels) == 0:
            raise ContentError(f"the {split} split has no images; both train and test need some")
        if int(labels.min()) < 0 or int(labels.max()) >= num_classes:
            raise ContentError(f"labels of {split} must lie between 0 and {num_classes - 1}")
    missing = set(range(num_classes)) - set(torch.unique(content.train_labels).tolist())
    if missing:
        names = ", ".join(content.classes[index] for index in sorted(missing)[:5])
        raise ContentError(f"every class needs images in train; there are none of: {names}")
    if len(content.train_labels) < 2 * num_classes:
        raise ContentError(
            f"train needs at least {2 * num_classes} images (two for each class), one part of which"
            f" becomes the validation split; there are {len(content.train_labels)}"
        )
    return content
