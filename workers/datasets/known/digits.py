"""The digits that scikit-learn ships."""

from pathlib import Path

import numpy as np

from workers.datasets.known import KnownDataset, Source, datasets

NUM_TRAIN = 1500  # the first ones; the other 297 are the test split


@datasets.register
def digits() -> KnownDataset:
    """Handwritten digits: 1,797 grey images of 8 × 8, 10 classes. Needs no network (UCI, 1998)."""
    return KnownDataset(
        sources=(Source("scikit-learn", _from_scikit_learn),),
        sha256="f99caab60ac8a7c6280fc00abdd1b6620fbb748ecf1d594bf7bac625d7eeb8ef",
    )


def _from_scikit_learn(folder: Path) -> Path:
    from sklearn.datasets import load_digits

    bunch = load_digits()
    images = np.rint(bunch.images * (255 / 16)).astype(np.uint8)
    target = folder / "digits.npz"
    np.savez(
        target,
        x_train=images[:NUM_TRAIN],
        y_train=bunch.target[:NUM_TRAIN],
        x_test=images[NUM_TRAIN:],
        y_test=bunch.target[NUM_TRAIN:],
    )
    return target
