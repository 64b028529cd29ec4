"""The checkpoints of a job in the artifact store: the last two, should the last one be damaged."""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from workers.storage.artifacts import ArtifactError, ArtifactStore

logger = logging.getLogger(__name__)

SUFFIX = ".safetensors"

State = TypeVar("State")


@dataclass(frozen=True)
class ResumePoint(Generic[State]):
    """The checkpoint to resume from, and why it is not the one of the last epoch accepted."""

    checkpoint: State | None
    damage: str | None


class Checkpoints(Generic[State]):
    """Writes, finds and tidies the checkpoints of one job. A path says token, epoch and SHA-256.

    `read` turns the bytes of a checkpoint into what a training resumes from; ValueError where it
    cannot, as with a checkpoint of another version.
    """

    def __init__(
        self, artifacts: ArtifactStore, job_id: str, read: Callable[[bytes], State]
    ) -> None:
        self._artifacts, self._read_bytes = artifacts, read
        self._folder = f"checkpoints/{job_id}"

    def put(self, content: bytes, *, token: int, epoch: int) -> str:
        """Write the checkpoint of an epoch under a name that nobody else writes; returns its path."""
        digest = hashlib.sha256(content).hexdigest()
        path = f"{self._folder}/{token}-{epoch}-{digest}{SUFFIX}"
        self._artifacts.put(path, content)
        return path

    def newest(self, accepted: str | None) -> ResumePoint[State]:
        """The checkpoint at the path `accepted`, or the newest whole one before it."""
        if accepted is None:
            return ResumePoint(None, None)
        damage = None
        for path in [accepted, *self._list_earlier(_epoch_of(accepted))]:
            try:
                return ResumePoint(self._read(path), damage)
            except (ArtifactError, ValueError) as error:
                logger.warning("falling back by one checkpoint: %s", error)
                damage = damage or str(error)
        return ResumePoint(None, damage)

    def tidy(self, epoch: int) -> None:
        """Remove the checkpoints older than that of the epoch before `epoch`, which was accepted."""
        for path in self._list_earlier(epoch - 1):
            self._artifacts.delete(path)

    def delete(self) -> None:
        """Remove every checkpoint: the job has succeeded."""
        self._artifacts.delete(self._folder)

    def _read(self, path: str) -> State:
        digest = path.removesuffix(SUFFIX).rpartition("-")[2]
        return self._read_bytes(self._artifacts.get(path, sha256=digest))

    def _list_earlier(self, epoch: int) -> list[str]:
        """The paths of the checkpoints of earlier epochs, latest first."""
        paths = [f"{self._folder}/{name}" for name in self._artifacts.names(self._folder)]
        earlier = [path for path in paths if _epoch_of(path) < epoch]
        return sorted(earlier, key=_epoch_of, reverse=True)


def _epoch_of(path: str) -> int:
    return int(path.rpartition("/")[2].split("-")[1])
