"""The files of features in the artifact store, in a folder for each dataset.

The features of a dataset lie under their SHA-256. A description names them, and is written last: it has
the key that they are wanted by in its name, and its own SHA-256.
"""

import contextlib
import hashlib
import logging
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from workers.features.description import (
    FOLDER,
    SCRATCH,
    FeaturesDescription,
    WantedFeatures,
)
from workers.storage.artifacts import ArtifactError, ArtifactStore
from workers.storage.ready_datasets import DatasetIdentity
from workers.storage.scratch import lock_name
from workers.weights.registration import sha256_of

TENSOR = "features"  # in a file

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Features:
    """The features (N, num_features) of all images of a dataset, in the order of its file."""

    values: Tensor  # mapped from a file
    description: FeaturesDescription


class FeaturesStore:
    """Keeps features; in `folder` there is room for scratch."""

    def __init__(self, artifacts: ArtifactStore, folder: Path) -> None:
        self._artifacts, self._folder = artifacts, folder

    def find(self, wanted: WantedFeatures) -> Features | None:
        """Features that are there whole, or None. Damaged ones are removed."""
        folder = _folder_of(wanted.dataset)
        names = [n for n in self._artifacts.names(folder) if n.startswith(f"{wanted.key}-")]
        # Two machines may have computed them: all heads take what was there first.
        for name in sorted(names, key=lambda n: (self._artifacts.written_at(f"{folder}/{n}"), n)):
            try:
                return self._read(folder, name)
            except (ArtifactError, ValueError) as error:
                logger.warning("features are computed again: %s", error)
                self._artifacts.delete(f"{folder}/{name}")
        return None

    def keep(self, wanted: WantedFeatures, file: Path, description: FeaturesDescription) -> None:
        """Keep a file of features, whose SHA-256 its description has."""
        folder = _folder_of(wanted.dataset)
        self._artifacts.put_file(f"{folder}/{description.sha256}.safetensors", file)
        content = description.model_dump_json().encode()
        digest = hashlib.sha256(content).hexdigest()
        self._artifacts.put(f"{folder}/{wanted.key}-{digest}.json", content)

    @contextlib.contextmanager
    def scratch_of(self, wanted: WantedFeatures) -> Iterator[Path]:
        """A folder for the one process of this machine that computes these features."""
        with (
            lock_name(self._folder, wanted.key),
            tempfile.TemporaryDirectory(dir=self._folder, prefix=f".{wanted.key}-") as scratch,
        ):
            yield Path(scratch)

    def _read(self, folder: str, name: str) -> Features:
        from safetensors.torch import load_file

        digest = name.removesuffix(".json").rpartition("-")[2]
        content = self._artifacts.get(f"{folder}/{name}", sha256=digest)
        description = FeaturesDescription.model_validate_json(content)
        path = f"{folder}/{description.sha256}.safetensors"
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=SCRATCH) as scratch:
            file = Path(scratch) / "features.safetensors"
            self._artifacts.get_file(path, file)
            if sha256_of(file) != description.sha256:
                self._artifacts.delete(path)
                raise ArtifactError(f"the artifact {path} is damaged")
            return Features(load_file(file)[TENSOR], description)  # mapped: it outlives its name


def _folder_of(dataset: DatasetIdentity) -> str:
    return f"{FOLDER}/{dataset.sha256}-{dataset.split}"
