"""Fetches a dataset: tries its sources one after the other until one has the right content."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from workers.datasets import store
from workers.datasets.content import checked
from workers.datasets.errors import SourceError
from workers.datasets.formats import accepted
from workers.datasets.known import datasets
from workers.datasets.store import DatasetDescription
from workers.errors import BakeoffError


class DatasetUnavailableError(BakeoffError):
    """No source has the dataset; the message names each and says what a person can do."""


def fetch(folder: Path, name: str, report: Callable[[str], None]) -> DatasetDescription:
    """Make dataset `name` ready in `folder`, unless it is; `report` is told which source is tried.

    Raises DatasetUnavailableError, and leaves nothing half-made, where no source has it.
    """
    with store.locked(folder, name):
        present = store.describe(folder, name)
        if present:
            return present
        if name not in datasets:
            raise DatasetUnavailableError(
                f"dataset '{name}' is not here and has no source; upload it with PUT"
                f" /v1/datasets/{name}"
            )
        return _try_sources(folder, name, report)


def _try_sources(folder: Path, name: str, report: Callable[[str], None]) -> DatasetDescription:
    known = datasets[name]()
    refusals = []
    for source in known.sources:
        report(f"fetching {name} from {source.name}")
        with tempfile.TemporaryDirectory(dir=folder, prefix=f".{name}-") as scratch:
            try:
                content = checked(source.fetch(Path(scratch)))
                if known.sha256 not in {None, content.sha256}:
                    raise SourceError("it holds other images than it should")
            except SourceError as refusal:
                refusals.append(f"{source.name} ({refusal})")
                continue
        return store.save(folder, name, content, source=source.name)
    raise DatasetUnavailableError(
        f"dataset '{name}' could not be had from any source: {'; '.join(refusals)}. Upload it with"
        f" PUT /v1/datasets/{name} ({accepted()}), or try again when a source can be reached"
    )
