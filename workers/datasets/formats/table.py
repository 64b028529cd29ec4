"""Image files with a table of their labels: `labels.csv` or `labels.jsonl` of file, label and maybe split.

Separator, header and columns are found out and stated in the note. `metadata` and `annotations` are
accepted as names of the table too, and `.tsv` as its ending. Folders may have a table each, as Hugging
Face's ImageFolder has it. Where no table has a column for the split, the folders train, val and test
around the images say it, if all images lie in such folders.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from workers.datasets.archives import Archive
from workers.datasets.errors import ArchiveError
from workers.datasets.formats._files import (
    HIDDEN,
    NO_IMAGE,
    is_hidden,
    is_image,
    split_named,
    tables,
)
from workers.datasets.formats._rows import COLUMNS, Row, read_table
from workers.datasets.listings.class_names import normalise
from workers.datasets.listings.listing import ListedImage, Listing, Skipped, SplitName

ACCEPTED = f"image files with {COLUMNS}"
MAX_TABLES = 100


def matches(archive: Archive) -> bool:
    """Whether there is a table of labels beside at least one image."""
    return bool(tables(archive.names)) and any(is_image(name) for name in archive.names)


def read(archive: Archive, scratch: Path) -> Listing:
    """The images that the tables name; other files, and rows without a file, are counted by reason."""
    del scratch
    found = _tables_of_folders(archive)
    images = _Images(archive)
    notes = []
    for table_name in found:
        files = _Files(archive, table_name, is_alone=len(found) == 1)
        content = archive.read(table_name)
        table = read_table(content, table_name, files.has)
        notes.append(table.note)
        for row in table.rows:
            images.add(row, files.find(row.file))
    images.refuse_vanished()
    listed = list(images.listed.values())
    if all(split is None for split in images.splits) and (by_folder := _split_by_folders(listed)):
        listed = by_folder
        notes.append("splits by the folders of the images")
    for name in archive.names:
        if name not in images.listed and name not in found:
            reason = "image that the table does not name" if is_image(name) else NO_IMAGE
            images.skipped.add(HIDDEN if is_hidden(name) else reason, name)
    return Listing(listed, skipped=images.skipped, notes=notes)


def _tables_of_folders(archive: Archive) -> list[str]:
    """The tables, at most one in each folder, and none above another."""
    found = tables(archive.names)
    folders = [PurePosixPath(name).parent for name in found]
    is_nested = any(not set(folders).isdisjoint(folder.parents) for folder in folders)
    if is_nested or len(set(folders)) < len(folders) or len(found) > MAX_TABLES:
        raise ArchiveError(
            f"there are {len(found)} tables ({', '.join(found[:5])}); accepted is one, or one in each"
            f" of at most {MAX_TABLES} folders"
        )
    return found


class _Images:
    """The images that rows name, by path, in the order of the rows."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.listed: dict[str, ListedImage] = {}
        self.skipped = Skipped()
        self.splits: set[SplitName | None] = set()
        self._labels: dict[str, str] = {}  # every class that a row has → a file of it

    def add(self, row: Row, name: str | None) -> None:
        """Take the row's file, whose path in the archive is `name`; None: it is not there."""
        label, split = normalise(row.label), _split(row)
        if not label:
            self.skipped.add("row of the table without a label", row.file)
            return
        self._labels.setdefault(label, row.file)
        self.splits.add(split)
        if name is None:
            self.skipped.add("row of the table without its file", row.file)
            return
        image = ListedImage(name, label, self._archive.place(name), split)
        other = self.listed.setdefault(name, image)
        if other != image:
            what = "labels" if other.label != label else "splits"
            raise ArchiveError(f"the table gives '{name[:200]}' two {what}; keep one row of it")

    def refuse_vanished(self) -> None:
        """ArchiveError where no image is left of everything, of a class or of a split."""
        if not self.listed:
            raise ArchiveError(
                f"no row of the table names an image of the archive; accepted is {COLUMNS}"
            )
        classes = {image.label for image in self.listed.values()}
        for label, file in self._labels.items():
            if label not in classes:
                raise ArchiveError(
                    f"the table names no image of the class {label!r} that is there ('{file[:80]}' is"
                    " not)"
                )
        for split in self.splits - {image.split for image in self.listed.values()}:
            raise ArchiveError(f"the table names no image of the {split} split that is there")


def _split(row: Row) -> SplitName | None:
    if row.split is None or not row.split.strip():
        return None
    split = split_named(row.split)
    if split is None:
        raise ArchiveError(
            f"the table gives '{row.file[:80]}' the split {row.split[:40]!r}; accepted are train,"
            " validation and test"
        )
    return split


def _split_by_folders(images: Sequence[ListedImage]) -> list[ListedImage] | None:
    """The images with the splits that their folders name; None unless all folders name several."""
    splits = [_split_of_folders(PurePosixPath(image.name).parts[:-1]) for image in images]
    if None in splits or len(set(splits)) == 1:
        return None
    return [replace(image, split=split) for image, split in zip(images, splits, strict=True)]


def _split_of_folders(folders: Sequence[str]) -> SplitName | None:
    return next((split for folder in folders if (split := split_named(folder))), None)


class _Files:
    """Finds the image that a cell means: by path, by path from the table, by name, or without ending."""

    def __init__(self, archive: Archive, table: str, *, is_alone: bool) -> None:
        folder = PurePosixPath(table).parent
        paths = [PurePosixPath(name) for name in archive.names if is_image(name)]
        below = [path for path in paths if path.is_relative_to(folder)]
        self._names: dict[str, str | None] = {}
        for path in paths if is_alone else below:
            self._add(path.stem, str(path))
            self._add(path.name, str(path))
        self._names.update({str(path): str(path) for path in paths})
        self._names.update({str(path.relative_to(folder)): str(path) for path in below})

    def _add(self, key: str, name: str) -> None:
        self._names[key] = name if self._names.get(key, name) == name else None  # not unique

    def find(self, cell: str) -> str | None:
        """The path of the image in the archive; None where there is none, or not a single one."""
        return self._names.get(cell.strip().replace("\\", "/").removeprefix("./"))

    def has(self, cell: str) -> bool:
        """Whether a cell means an image of the archive."""
        return self.find(cell) is not None
