"""The test probabilities that finished jobs have stored, read when they are needed."""

import logging
from collections.abc import Iterator, Mapping, Sequence

from safetensors.numpy import load

from service.analysis.predictions import Predictions
from workers.storage.artifacts import ArtifactError, ArtifactStore
from workers.storage.tables import Job

logger = logging.getLogger(__name__)


class StoredPredictions(Mapping[str, Predictions]):
    """Job id → predictions, for the jobs whose artifact is there and intact."""

    def __init__(self, artifacts: ArtifactStore, jobs: Sequence[Job]) -> None:
        self._artifacts = artifacts
        self._results = {job.id: job.result for job in jobs if job.result}
        self._read: dict[str, Predictions | None] = {}

    def __getitem__(self, job_id: str) -> Predictions:
        if job_id not in self._read:
            self._read[job_id] = self._load(job_id)
        found = self._read[job_id]
        if found is None:
            raise KeyError(job_id)
        return found

    def __iter__(self) -> Iterator[str]:
        return (job_id for job_id in self._results if job_id in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _load(self, job_id: str) -> Predictions | None:
        result = self._results.get(job_id, {})
        if "predictions_sha256" not in result:
            return None
        try:
            content = self._artifacts.get(
                result["predictions"], sha256=result["predictions_sha256"]
            )
        except ArtifactError as error:
            logger.warning("job %s takes no part in paired tests: %s", job_id, error)
            return None
        arrays = load(content)
        return Predictions(arrays["probabilities"], arrays["labels"])
