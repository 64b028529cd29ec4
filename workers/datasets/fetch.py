"""Fetches a known dataset: tries its sources one after the other until one has the right content."""

import contextlib
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine

from workers.datasets.archives import open_archive
from workers.datasets.content import ContentError
from workers.datasets.errors import ArchiveError, SourceError
from workers.datasets.formats import describe_accepted, list_images
from workers.datasets.known import KnownDataset, Source, datasets
from workers.datasets.listings.listing import Listing
from workers.datasets.preparing.decode import report_nothing
from workers.datasets.preparing.prepare import prepare
from workers.datasets.preparing.processes import processes_for
from workers.datasets.stored.adoption import adopt
from workers.datasets.stored.description import DatasetDescription
from workers.datasets.stored.registration import find_description, register
from workers.datasets.stored.store import DatasetStore, lock_dataset
from workers.datasets.upload_options import UploadOptions
from workers.errors import BakeoffError
from workers.storage.database import transaction

PREPARED = "prepared.safetensors"


class DatasetUnavailableError(BakeoffError):
    """No source has the dataset; the message names each and says what a person can do."""


def fetch(
    database: Engine, store: DatasetStore, name: str, report: Callable[[str], None]
) -> DatasetDescription:
    """Make dataset `name` ready, unless it is; `report` is told which source is tried.

    Raises DatasetUnavailableError, and leaves nothing half-made, where no source has it.
    """
    with lock_dataset(store.folder, name):
        adopt(database, store)
        with transaction(database, read_only=True) as session:
            present = find_description(session, name)
        if present:
            return present
        with tempfile.TemporaryDirectory(dir=store.folder, prefix=f".{name}-") as scratch:
            prepared = Path(scratch) / PREPARED
            description = fetch_file(store.folder, name, prepared, report)
            store.send(prepared, description.identity)  # or the database would wait for that
            with transaction(database) as session:
                register(session, store, name, description, prepared)
        return description


def fetch_file(
    folder: Path, name: str, target: Path, report: Callable[[str], None]
) -> DatasetDescription:
    """Write a known dataset to the file `target`, from the first source that has it.

    Files that a person has put into `folder` are tried too. DatasetUnavailableError.
    """
    if name not in datasets:
        raise DatasetUnavailableError(
            f"dataset '{name}' is not here and has no source; upload it with PUT /v1/datasets/{name}"
        )
    known = datasets[name]()
    refusals = []
    for source in known.sources:
        report(f"fetching {name} from {source.name}")
        with tempfile.TemporaryDirectory(dir=folder, prefix=f".{name}-") as scratch:
            try:
                return _prepare(known, source, Path(scratch), target)
            except (SourceError, ArchiveError, ContentError) as refusal:
                refusals.append(f"{source.name} ({refusal})")
    raise DatasetUnavailableError(
        f"dataset '{name}' could not be had from any source: {'; '.join(refusals)}. Upload it with"
        f" PUT /v1/datasets/{name} ({describe_accepted()}), or try again when a source can be reached"
    )


def _prepare(
    known: KnownDataset, source: Source, scratch: Path, target: Path
) -> DatasetDescription:
    fetched = source.fetch(scratch)
    with (
        contextlib.closing(open_archive(fetched, scratch)) as archive,
        processes_for(fetched) as apply,
    ):
        description = prepare(
            _name_classes(known, list_images(archive, scratch)),
            target,
            UploadOptions(),
            source=source.name,
            apply=apply,
            report=report_nothing,
        )
    if known.sha256 not in {None, description.sha256}:
        raise SourceError("it holds other images than it should")
    return description


def _name_classes(known: KnownDataset, listing: Listing) -> Listing:
    """The listing with the names that are known in place of the numbers of the classes."""
    if not known.classes:
        return listing
    names = dict(zip(map(str, range(len(known.classes))), known.classes, strict=True))
    unknown = {image.label for image in listing.images} - set(names)
    if unknown:
        raise SourceError(f"it has a label {min(unknown)!r}, and there are {len(names)} classes")
    images = [replace(image, label=names[image.label]) for image in listing.images]
    return replace(listing, images=images, classes=known.classes)
