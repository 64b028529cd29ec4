"""The formats in which a dataset can be uploaded, one a file: a new format is a new file.

A format says what it accepts, whether an archive is of its kind, and what dataset the archive holds.
It sees the names and the bytes of files, and does not know what kind of archive they come in.
"""

import functools
import pkgutil
from collections.abc import Collection
from importlib import import_module
from typing import BinaryIO, Protocol, cast

from workers.datasets.content import Content, checked
from workers.datasets.errors import ArchiveError, UnreadableArchiveError
from workers.datasets.zip_archive import ZipArchive


class Archive(Protocol):
    """The files of an archive that was bounded before it was opened."""

    @property
    def names(self) -> Collection[str]:
        """The paths of the files, `/` between folders, in the order of the archive."""
        ...

    def read(self, name: str) -> bytes:
        """The bytes of a file; ArchiveError where it is damaged."""
        ...


class Format(Protocol):
    """What a file of this folder offers."""

    #: What is accepted, as the part of a sentence: "a zip of …".
    ACCEPTED: str

    def matches(self, archive: Archive) -> bool:
        """Whether the archive is of this format, by the names of its files; no other may match too."""
        ...

    def read(self, archive: Archive) -> Content:
        """The dataset in an archive that matches; ArchiveError where it cannot be read."""
        ...


def read_archive(file: BinaryIO) -> Content:
    """The dataset in an archive; ArchiveError or ContentError says what would be accepted."""
    try:
        archive = ZipArchive(file)
    except UnreadableArchiveError as error:
        raise ArchiveError(f"{error}; accepted is {accepted()}") from None
    matching = [form for form in formats().values() if form.matches(archive)]
    if len(matching) != 1:
        which = "in none of the" if not matching else "in more than one of the"
        raise ArchiveError(f"the archive is {which} accepted formats; accepted is {accepted()}")
    return checked(matching[0].read(archive))


def accepted() -> str:
    """What can be uploaded, in half a sentence."""
    return ", or ".join(form.ACCEPTED for form in formats().values())


@functools.cache
def formats() -> dict[str, Format]:
    """Name → format, of every file of this folder."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: cast("Format", import_module(f"{__name__}.{name}")) for name in names}
