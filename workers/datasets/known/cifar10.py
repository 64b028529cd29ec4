"""CIFAR-10."""

from functools import partial
from pathlib import Path

from workers.datasets.errors import SourceError
from workers.datasets.known import KnownDataset, Source, datasets
from workers.datasets.sources.download import download, verify

OFFICIAL = "https://www.cs.toronto.edu/~kriz/"
MD5 = {
    "cifar-10-binary.tar.gz": "c32a1d4ab5d03f1284b67883e8d87530",
    "cifar-10-python.tar.gz": "c58f30108f718f92721af3b95e74349a",
}
CLASS_FOLDERS = "cifar10.zip"


@datasets.register
def cifar10() -> KnownDataset:
    """Objects and animals: 60,000 colour images of 32 × 32, 10 classes (Krizhevsky 2009).

    Where the official site cannot be reached, put its archive (cifar-10-python.tar.gz or
    cifar-10-binary.tar.gz) or a cifar10.zip of class folders into the datasets folder, or upload one.
    """
    return KnownDataset(
        sources=(
            *(Source(f"{name} in the datasets folder", partial(_find_local, name)) for name in MD5),
            Source(f"{CLASS_FOLDERS} in the datasets folder", _find_local_class_folders),
            Source("the official site", _download_official),
        )
    )


def _find_local(name: str, folder: Path) -> Path:
    archive = folder.parent / name
    if not archive.exists():
        raise SourceError("it is not there")
    verify(archive, MD5[name])
    return archive


def _find_local_class_folders(folder: Path) -> Path:
    archive = folder.parent / CLASS_FOLDERS
    if not archive.exists():
        raise SourceError("it is not there")
    return archive


def _download_official(folder: Path) -> Path:
    name = "cifar-10-binary.tar.gz"
    return download([OFFICIAL + name], folder / name, md5=MD5[name])
