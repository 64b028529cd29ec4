"""Fashion-MNIST."""

from pathlib import Path

from workers.datasets.known import KnownDataset, Source, datasets
from workers.datasets.sources.download import download
from workers.datasets.sources.packages import debian_package

CLASSES = (
    "t-shirt",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)
MIRRORS = ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"]  # torchvision's
FILES = {
    "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
    "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
    "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
}


@datasets.register
def fashion_mnist() -> KnownDataset:
    """Articles of clothing: 70,000 grey images of 28 × 28, 10 classes (Xiao et al. 2017).

    A harder drop-in for MNIST.
    """
    return KnownDataset(
        sources=(
            Source("torchvision's mirror", _from_mirror),
            Source("the Debian package dataset-fashion-mnist", _from_debian),
        ),
        sha256="afc9824644fe9d43626f9e044e367f9828f241f4e11f29d2ab4f82d2b6593b64",
        classes=CLASSES,
    )


def _from_mirror(folder: Path) -> Path:
    for name, md5 in FILES.items():
        download([mirror + name for mirror in MIRRORS], folder / name, md5=md5)
    return folder


def _from_debian(folder: Path) -> Path:
    installed = Path("/usr/share/datasets/fashion-mnist")
    if installed.is_dir():
        return installed
    return debian_package("dataset-fashion-mnist", folder) / installed.relative_to("/")
