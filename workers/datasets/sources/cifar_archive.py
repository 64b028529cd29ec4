"""The official archives of CIFAR-10 (Krizhevsky 2009), binary or python version."""

import io
import pickle
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import torch

from workers.datasets.content import Content
from workers.datasets.errors import SourceError

SIDE = 32
RECORD = 1 + 3 * SIDE * SIDE  # one byte of label, then the red, green and blue planes
CLASSES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)


def read_cifar10(archive: Path) -> Content:
    """The dataset in an official .tar.gz; SourceError where it is another file or damaged."""
    try:
        with tarfile.open(archive) as opened:
            members = {Path(member.name).name: member for member in opened if member.isfile()}
            read = _binary_batch if "test_batch.bin" in members else _python_batch
            suffix = ".bin" if read is _binary_batch else ""
            names = [*(f"data_batch_{n}{suffix}" for n in range(1, 6)), f"test_batch{suffix}"]
            batches = []
            for name in names:
                file = opened.extractfile(members[name])
                batches.append(read(file.read() if file else b""))
    except (tarfile.TarError, OSError, EOFError, KeyError, ValueError) as error:
        raise SourceError(f"{archive.name} is not a whole CIFAR-10 archive ({error})") from None
    train = np.concatenate(batches[:-1])
    return Content(
        classes=CLASSES,
        train_images=_images(train),
        train_labels=torch.from_numpy(train[:, 0].astype(np.int64)),
        test_images=_images(batches[-1]),
        test_labels=torch.from_numpy(batches[-1][:, 0].astype(np.int64)),
    )


def _images(records: np.ndarray[Any, Any]) -> torch.Tensor:
    planes = records[:, 1:].reshape(-1, 3, SIDE, SIDE)
    return torch.from_numpy(np.ascontiguousarray(planes))


def _binary_batch(content: bytes) -> np.ndarray[Any, Any]:
    return np.frombuffer(content, np.uint8).reshape(-1, RECORD)


def _python_batch(content: bytes) -> np.ndarray[Any, Any]:
    try:
        batch = _ArrayUnpickler(io.BytesIO(content), encoding="bytes").load()
        labels = np.asarray(batch[b"labels"], np.uint8)[:, None]
        return np.concatenate([labels, batch[b"data"]], axis=1).reshape(-1, RECORD)
    except (pickle.UnpicklingError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a batch of images: {error}") from None


class _ArrayUnpickler(pickle.Unpickler):
    """Builds numpy arrays and plain values and can call nothing else, so that no code is run."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in {
            ("numpy.core.multiarray", "_reconstruct"),
            ("numpy._core.multiarray", "_reconstruct"),
        }:
            return np._core.multiarray._reconstruct  # type: ignore[attr-defined]  # noqa: SLF001
        if (module, name) in {("numpy", "ndarray"), ("numpy", "dtype")}:
            return getattr(np, name)
        if (module, name) == ("_codecs", "encode"):  # how pickle writes bytes for Python 2
            return _latin1
        raise pickle.UnpicklingError(f"it holds {module}.{name}, which is not data")


def _latin1(text: str, encoding: str = "latin1") -> bytes:
    return text.encode(encoding)
