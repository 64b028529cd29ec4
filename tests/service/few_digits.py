"""The digits, of which a few are enough for tests that judge no accuracy."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from workers.datasets.known import KnownDataset, Source, datasets

NUM_TRAIN, NUM_TEST = 180, 20


@contextmanager
def few_digits() -> Iterator[None]:
    """In this process, the dataset 'digits' has 200 of its 1,797 images."""
    all_digits = datasets["digits"]
    [source] = all_digits().sources

    def fetch(folder: Path) -> Path:
        path = source.fetch(folder)
        with np.load(path) as arrays:
            first = {
                name: arrays[name][: NUM_TEST if "test" in name else NUM_TRAIN] for name in arrays
            }
        np.savez(path, **first)
        return path

    def digits() -> KnownDataset:
        return KnownDataset(sources=(Source(source.name, fetch),))

    digits.__doc__ = all_digits.__doc__
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(datasets._entries, "digits", digits)
        yield
