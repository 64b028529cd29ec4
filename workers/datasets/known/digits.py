"""The digits that scikit-learn ships."""

from pathlib import Path

import torch

from workers.datasets.content import Content
from workers.datasets.known import KnownDataset, Source, datasets

NUM_TRAIN = 1500  # the first ones; the other 297 are the test split


@datasets.register
def digits() -> KnownDataset:
    """Handwritten digits: 1,797 grey images of 8 × 8, 10 classes. Needs no network (UCI, 1998)."""
    return KnownDataset(
        sources=(Source("scikit-learn", _from_scikit_learn),),
        sha256="f99caab60ac8a7c6280fc00abdd1b6620fbb748ecf1d594bf7bac625d7eeb8ef",
    )


def _from_scikit_learn(folder: Path) -> Content:
    del folder
    from sklearn.datasets import load_digits

    bunch = load_digits()
    images = (torch.from_numpy(bunch.images) * (255 / 16)).round().to(torch.uint8).unsqueeze(1)
    labels = torch.from_numpy(bunch.target).long()
    return Content(
        classes=tuple("0123456789"),
        train_images=images[:NUM_TRAIN],
        train_labels=labels[:NUM_TRAIN],
        test_images=images[NUM_TRAIN:],
        test_labels=labels[NUM_TRAIN:],
    )
