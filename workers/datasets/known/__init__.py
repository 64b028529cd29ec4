"""Datasets that can be fetched by name, one a file that says where they come from.

A dataset is a function without arguments under `@datasets.register` that returns a
`KnownDataset`: its sources in the order they are tried, and the checksum of its content where that is
known. Its docstring is what the API serves. Nothing is fetched until a job or a person asks for it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from models import Registry


@dataclass(frozen=True)
class Source:
    """A place that a dataset can come from."""

    name: str
    #: Given an empty folder to work in, inside the datasets folder, returns a file or folder in one
    #: of the formats that can be uploaded; raises SourceError.
    fetch: Callable[[Path], Path]


@dataclass(frozen=True)
class KnownDataset:
    """Where a dataset comes from, and what it must be."""

    sources: tuple[Source, ...]
    sha256: str | None = None  # of the content; None where several contents are right
    classes: tuple[str, ...] | None = None  # the names of "0", "1", …; None: as the source has them


datasets: Registry[Callable[[], KnownDataset]] = Registry("dataset", __name__)
