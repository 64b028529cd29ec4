"""The files of weights in the artifact store, each under its SHA-256."""

import contextlib
import re
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from workers.storage.artifacts import ArtifactStore
from workers.storage.durable_files import PART
from workers.storage.scratch import remove_abandoned
from workers.weights.errors import WeightsNameError

NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,127}")
FILE = re.compile(r"([0-9a-f]{64})\.safetensors")
FOLDER = "folder."  # begins what files of the weights folder are kept as
ARTIFACTS = "pretrained"  # a folder of the artifact store
SCRATCH = ".-scratch-"  # begins the names of scratch folders and files; no weights have such a name


def check_name(name: str) -> None:
    """WeightsNameError where no weights can have this name."""
    if not NAME.fullmatch(name):
        raise WeightsNameError(name)


def check_upload_name(name: str) -> None:
    """WeightsNameError where no upload can have this name."""
    check_name(name)
    if name.startswith(FOLDER):
        raise WeightsNameError(name, f"'{FOLDER}' begins the names of files in the weights folder")


class WeightsStore:
    """Keeps files of weights; in `folder` people put files by hand, and there is room for scratch."""

    def __init__(self, artifacts: ArtifactStore, folder: Path) -> None:
        self._artifacts, self.folder = artifacts, folder

    def has(self, sha256: str) -> bool:
        """Whether the artifact store has a file."""
        return self._artifacts.has(_artifact(sha256))

    def send(self, file: Path, sha256: str) -> None:
        """Put a file into the artifact store, unless it has it."""
        if not self.has(sha256):
            self._artifacts.put_file(_artifact(sha256), file)

    def remove(self, sha256: str) -> None:
        """Remove a file; whoever has it open goes on."""
        self._artifacts.delete(_artifact(sha256))

    @contextlib.contextmanager
    def local_copy(self, sha256: str) -> Iterator[Path]:
        """A file on this machine, a link where the store is local; ArtifactError where it is missing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=SCRATCH) as scratch:
            file = Path(scratch) / "weights.safetensors"
            self._artifacts.get_file(_artifact(sha256), file)
            yield file

    def list_sent(self) -> set[str]:
        """The SHA-256 of every file in the artifact store."""
        found = map(FILE.fullmatch, self._artifacts.names(ARTIFACTS))
        return {match[1] for match in found if match}

    def sent_at(self, sha256: str) -> datetime:
        """When a file came into the artifact store; ArtifactError."""
        return self._artifacts.written_at(_artifact(sha256))

    def remove_abandoned(self) -> None:
        """Remove the scratch files of processes that were killed."""
        of_searches = ".[a-z0-9]*_*-*"  # behind the lock of an architecture; see WantedWeights.lock
        remove_abandoned(self.folder, (f"{SCRATCH}*", f".*{PART}", of_searches))


def _artifact(sha256: str) -> str:
    return f"{ARTIFACTS}/{sha256}.safetensors"
