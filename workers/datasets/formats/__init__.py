"""The formats in which a dataset can be uploaded, one a file: a new format is a new file.

A format says what it accepts, whether an archive is of its kind, and which images the archive holds.
It sees the names and the places of files, and does not know what kind of archive they come in.
Modules with a leading underscore are shared by several formats.
"""

import functools
import itertools
from pathlib import Path
from typing import Protocol, cast

from workers.datasets.archives import Archive
from workers.datasets.errors import ArchiveError
from workers.datasets.listings.listing import Listing
from workers.entries import import_entries


class Format(Protocol):
    """What a file of this folder offers."""

    #: What is accepted, as the part of a sentence: "class folders, …".
    ACCEPTED: str

    def matches(self, archive: Archive) -> bool:
        """Whether the archive is of this format, by the names of its files; no other may match too."""
        ...

    def read(self, archive: Archive, scratch: Path) -> Listing:
        """The images of an archive that matches; ArchiveError where it cannot be read.

        What other processes need to read it is written to the folder `scratch`.
        """
        ...


def list_images(archive: Archive, scratch: Path) -> Listing:
    """The images of an archive in any format; ArchiveError says what would be accepted."""
    matching = {name: form for name, form in formats().items() if form.matches(archive)}
    if len(matching) != 1:
        which = f"in more than one of ({', '.join(matching)})" if matching else "in none of"
        raise ArchiveError(
            f"the archive, which has {_describe_files(archive)}, is {which} the accepted formats; accepted is"
            f" {describe_accepted()}"
        )
    [form] = matching.values()
    listing = form.read(archive, scratch)
    if not listing.images:
        raise ArchiveError(
            f"there are no images in {_describe_files(archive)}; accepted is {form.ACCEPTED}"
        )
    return listing


def _describe_files(archive: Archive) -> str:
    """The first few files, and how many there are."""
    first = ", ".join(repr(name[:80]) for name in itertools.islice(archive.names, 3))
    more = len(archive.names) - 3
    return f"{first} and {more:,} more" if more > 0 else first


def describe_accepted() -> str:
    """What can be uploaded, in half a sentence."""
    kinds = "; ".join(form.ACCEPTED for form in formats().values())
    return f"a zip, tar, tar.gz, tar.bz2, tar.xz, .npz or .parquet of: {kinds}"


@functools.cache
def formats() -> dict[str, Format]:
    """Name → format, of every file of this folder."""
    return cast("dict[str, Format]", import_entries(__name__, __path__))
