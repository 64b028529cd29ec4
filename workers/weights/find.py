"""Finds pretrained weights: what a person has brought, what is kept, then sources in order."""

import difflib
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from workers.datasets.errors import SourceError
from workers.storage.database import transaction
from workers.storage.ready_datasets import lock_files
from workers.storage.scratch import lock_name
from workers.storage.tables import WeightsFile
from workers.weights import registration
from workers.weights.errors import WeightsError, WeightsUnavailableError
from workers.weights.sources import WeightsSource, efficientnet_lite0_package, hub, weights_folder
from workers.weights.store import WeightsStore, check_name
from workers.weights.wanted import FoundWeights, WantedWeights


def find(
    database: Engine,
    store: WeightsStore,
    wanted: WantedWeights,
    *,
    hub_url: str,
    report: Callable[[str], None],
) -> FoundWeights:
    """Find weights and keep them; `report` is told which source is tried.

    What a person has brought goes first: a file in the weights folder, then an upload. What a source
    brought once is kept, so that a comparison does not change its weights with the network. Raises
    WeightsUnavailableError where no source has them, WeightsError where a file that a person has put
    into the folder is refused, WeightsNameError.
    """
    for name in wanted.names:
        check_name(name)
    given = weights_folder.list_sources(store.folder, wanted)
    sources = [*hub.list_sources(hub_url, wanted), *efficientnet_lite0_package.list_sources(wanted)]
    search = _Search(database, store, wanted, report)
    with lock_name(store.folder, wanted.lock):
        row = (
            search.take_given(given)
            or search.take_kept([*wanted.names, *(source.kept_as for source in sources)])
            or search.fetch(sources)
        )
    if row is None:
        raise WeightsUnavailableError(search.describe_refusals())
    return _found(row)


def find_kept(session: Session, store: WeightsStore, wanted: WantedWeights) -> FoundWeights | None:
    """The weights that an upload of such a name stands for now, which then stay until they are not needed.

    None where there is none, and where a file in the weights folder of this machine goes before it.
    """
    lock_files(session)
    if any((store.folder / f"{name}.safetensors").is_file() for name in wanted.names):
        return None
    rows = [row for name in wanted.names if (row := registration.find(session, name))]
    return _found(rows[0]) if rows else None


def _found(row: WeightsFile) -> FoundWeights:
    return FoundWeights(row.name, row.sha256, row.source, row.licence)


@dataclass
class _Search:
    """A search for weights, and why each source that was tried does not have them."""

    database: Engine
    store: WeightsStore
    wanted: WantedWeights
    report: Callable[[str], None]
    refusals: list[str] = field(default_factory=list)
    is_any_lost: bool = False  # whether the file of a name that stands for weights is gone

    def take_given(self, sources: Sequence[WeightsSource]) -> WeightsFile | None:
        """The first file of the weights folder that is there; it is not passed over if it is wrong."""
        for source in sources:
            try:
                return self._take(source, replaces=True)
            except SourceError as refusal:
                self.refusals.append(f"{source.name} ({refusal})")
            except WeightsError as error:
                raise WeightsError(f"{source.name} is refused: {error}") from None
        return None

    def take_kept(self, names: Sequence[str]) -> WeightsFile | None:
        """The first of these names that stands for weights whose file is there."""
        with transaction(self.database, read_only=True) as session:
            rows = [row for name in names if (row := registration.find(session, name))]
        for row in rows:
            if self.store.has(row.sha256):
                return row
            self.is_any_lost = True
        self.refusals.append(f"an upload '{self.wanted.names[0]}' (there is none)")
        return None

    def fetch(self, sources: Sequence[WeightsSource]) -> WeightsFile | None:
        """What the first source brings that has them."""
        if self.wanted.tags:
            self.refusals.append(f"the hub ({self._describe_tags()})")
        for source in sources:
            self.report(f"fetching weights from {source.name}")
            try:
                return self._take(source, replaces=self.is_any_lost)
            except (SourceError, WeightsError) as refusal:
                self.refusals.append(f"{source.name} ({refusal})")
        return None

    def _describe_tags(self) -> str:
        asked, tags = str(self.wanted.asked), self.wanted.tags
        nearest = difflib.get_close_matches(asked, tags, n=1)
        hint = f"did you mean '{nearest[0]}'?" if nearest else f"known are: {', '.join(tags)}"
        return f"timm has no tag '{asked}' for it; {hint}"

    def _take(self, source: WeightsSource, *, replaces: bool) -> WeightsFile:
        folder = self.store.folder
        with tempfile.TemporaryDirectory(dir=folder, prefix=f".{self.wanted.lock}-") as scratch:
            return registration.keep(
                self.database,
                self.store,
                source.kept_as,
                source.fetch(Path(scratch)),
                registration.Origin(source.name, source.licence),
                replaces=replaces,
            )

    def describe_refusals(self) -> str:
        """One sentence with every source that was tried, and what a person can do."""
        wanted, name = self.wanted, self.wanted.names[0]
        asked = "" if wanted.asked is True else f" ('{wanted.asked}')"
        return (
            f"weights{asked} for '{wanted.architecture}' could not be had from any source:"
            f" {'; '.join(self.refusals)}. Upload them with PUT /v1/weights/{name}, or put"
            f" {name}.safetensors into the folder weights of the data folder, or try again when a"
            " source can be reached"
        )
