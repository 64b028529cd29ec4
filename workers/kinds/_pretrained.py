"""The pretrained weights that a job starts from: found, recorded with the job, and put into its network."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine

from models import Backbone, TrainedOn, load_weights, published_tags, published_weights
from models._out_of_memory import is_out_of_memory
from workers.queue import leases, pretrained
from workers.queue.leases import Lease
from workers.settings import Settings
from workers.storage.artifacts import ArtifactError, ArtifactStore
from workers.storage.database import transaction
from workers.storage.tables import Job, JobStatus
from workers.training.errors import NetworkTooLargeError
from workers.weights.errors import WeightsMisfitError
from workers.weights.find import find
from workers.weights.store import WeightsStore
from workers.weights.tensors import Weights, load
from workers.weights.wanted import FoundWeights, WantedWeights


class PretrainedWeights:
    """The weights that the option `pretrained` of a job asks for."""

    def __init__(
        self,
        settings: Settings,
        database: Engine,
        artifacts: ArtifactStore,
        job: Job,
        lease: Lease,
    ) -> None:
        self._database, self._job, self._lease = database, job, lease
        self._store = WeightsStore(artifacts, settings.weights_folder)
        self._hub_url = settings.resolved_hub_url
        self._architecture = str(job.architecture)
        asked = job.options["pretrained"]
        tag = None if asked is True else asked
        self._published = published_weights(self._architecture, tag)
        self._wanted = WantedWeights(
            self._architecture,
            asked,
            repo=self._published.repo if self._published else None,
            licence=self._published.licence if self._published else None,
            tags=() if self._published else published_tags(self._architecture),
        )

    def load_into(self, backbone: Backbone, report: Callable[[str], None]) -> FoundWeights:
        """Find the weights, record them with the job, and put them into the body of a backbone.

        A job that is bound to weights takes those, whatever their name stands for now, and one that trains
        a head what the features before it were computed with. Raises WeightsUnavailableError,
        WeightsError, WeightsMisfitError, ArtifactError, NetworkTooLargeError.
        """
        found, weights = self._find(report)
        trained = TrainedOn(self._published.scale if self._published else None)
        if weights.notes:
            trained = TrainedOn(weights.notes.scale, weights.notes.size)
        try:
            load_weights(backbone, self._architecture, weights.tensors, weights.fit, trained)
        except RuntimeError as error:  # torch names the layers on further lines
            if is_out_of_memory(error):
                raise NetworkTooLargeError(self._architecture) from None
            line = str(error).strip().splitlines()[-1].strip()[:200]
            side = backbone.preprocessing.resolution
            raise WeightsMisfitError(
                f"the weights '{found.name}' of '{self._architecture}' do not fit the network at a"
                f" resolution of {side} pixels: {line}"
            ) from None
        return found

    def _find(self, report: Callable[[str], None]) -> tuple[FoundWeights, Weights]:
        recorded = self._recorded()
        found = FoundWeights(**recorded) if recorded else self._bind(self._search(report))
        try:
            return found, load(self._store, found.sha256)
        except ArtifactError:
            # Lost or damaged: what is kept is passed over from here on, and fetched again.
            self._store.remove(found.sha256)
        again = self._search(report)
        if again.sha256 != found.sha256:
            raise ArtifactError(
                f"the weights '{found.name}' ({found.sha256[:12]}) that this training has to start from are"
                f" gone; what is there now from {again.source} is another file"
            )
        return found, load(self._store, found.sha256)

    def _recorded(self) -> dict[str, Any] | None:
        """The weights that the job has to start from, whatever their name stands for now; or None."""
        if self._job.epoch or self._job.depends_on is None:
            return self._job.pretrained
        with transaction(self._database) as session:
            awaited = session.get(Job, self._job.depends_on)
            if awaited is None or awaited.status != JobStatus.SUCCEEDED:
                return self._job.pretrained
            if awaited.pretrained:
                leases.record_pretrained(session, self._lease, awaited.pretrained)
            return awaited.pretrained

    def _search(self, report: Callable[[str], None]) -> FoundWeights:
        return find(self._database, self._store, self._wanted, hub_url=self._hub_url, report=report)

    def _bind(self, found: FoundWeights) -> FoundWeights:
        with transaction(self._database) as session:
            return FoundWeights(**pretrained.bind(session, self._lease, found._asdict()))
