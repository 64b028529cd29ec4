"""Images in class folders: `cat/1.jpg`, or `train/cat/1.jpg` and `test/cat/2.jpg`, below any outer folders.

A folder's name is that of its class. The names of splits are train, val, valid, validation and test,
in any case; what is missing is held out, class by class. Folders below a class folder belong to the
class.
"""

from collections.abc import Sequence
from dataclasses import dataclass
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
from workers.datasets.listings.class_names import normalise
from workers.datasets.listings.listing import ListedImage, Listing, Skipped, SplitName

ACCEPTED = "image files in class folders (cat/1.jpg), or in train/<class>/, test/<class>/"
OUTSIDE = "image outside the class folders"


@dataclass(frozen=True)
class _Layout:
    """Which level of the folders is that of the classes, and which that of the splits."""

    outer: tuple[str, ...]  # the folders around everything
    split_depth: int | None  # None: there are no splits
    class_depth: int

    def split(self, folders: tuple[str, ...]) -> SplitName | None:
        """The split that a folder is in; None where it is in none."""
        if self.split_depth is None or len(folders) <= self.split_depth:
            return None
        return split_named(folders[self.split_depth]) if self._holds(folders) else None

    def label(self, folders: tuple[str, ...]) -> str | None:
        """The class that a folder is in; None where it is in none."""
        is_inside = len(folders) > self.class_depth and self._holds(folders)
        if not is_inside or (self.split_depth is not None and not self.split(folders)):
            return None
        return normalise(folders[self.class_depth])

    def _holds(self, folders: Sequence[str]) -> bool:
        return tuple(folders[: len(self.outer)]) == self.outer


def matches(archive: Archive) -> bool:
    """Whether an image lies in a folder, and no table gives the labels."""
    in_folders = (name for name in archive.names if "/" in name and is_image(name))
    return next(in_folders, None) is not None and not tables(archive.names)


def read(archive: Archive, scratch: Path) -> Listing:
    """The images in class folders; every other file is skipped, and counted by reason."""
    del scratch
    layout = _layout(list({_folders(name) for name in archive.names if is_image(name)}))
    folders = {_folders(name) for name in archive.names}
    known = {folder: (layout.label(folder), layout.split(folder)) for folder in folders}
    skipped = Skipped()
    images: list[ListedImage] = []
    for name in archive.names:
        label, split = known[_folders(name)]
        if not is_image(name):
            skipped.add(HIDDEN if is_hidden(name) else NO_IMAGE, name)
        elif label is None:
            skipped.add(OUTSIDE, name)
        else:
            images.append(ListedImage(name, label, archive.place(name), split))
    _refuse_empty_folders(archive, layout, images)
    # The order of the archive says nothing: the same folders packed in another order are the same.
    by_name = sorted(images, key=lambda image: (image.label, normalise(image.name)))
    return Listing(by_name, skipped=skipped)


def _folders(name: str) -> tuple[str, ...]:
    return tuple(name.split("/")[:-1])


def _refuse_empty_folders(archive: Archive, layout: _Layout, images: Sequence[ListedImage]) -> None:
    """A class or a split whose folders have no image would vanish."""
    splits = {image.split for image in images}
    classes = {image.label for image in images}
    files = {_folders(name): name for name in archive.names if not is_hidden(name)}
    empty = {PurePosixPath(name).parts: name for name in archive.folders if not is_hidden(name)}
    for folders, name in (empty | files).items():
        split, label = layout.split(folders), layout.label(folders)
        if label is not None and label not in classes:
            raise ArchiveError(f"the class {label!r} has no image: there is only '{name[:80]}'")
        if split is not None and split not in splits:
            raise ArchiveError(f"the {split} split has no image: there is only '{name[:80]}'")


def _layout(folders: Sequence[tuple[str, ...]]) -> _Layout:
    """Skip the outer folders that all images share, and find the level of the splits, if there is one."""
    split_depth, depth = None, 0
    while True:
        names, below = _level(folders, depth), _level(folders, depth + 1)
        if not names:
            raise ArchiveError(f"no image lies in a class folder; accepted is {ACCEPTED}")
        if split_depth is None and below and _are_splits(names) and not _holds_splits(names, below):
            split_depth = depth
        elif len(names) > 1 or not below:
            break
        depth += 1
    outermost = depth if split_depth is None else split_depth
    outer = next(path for path in folders if len(path) > outermost)[:outermost]
    return _Layout(outer, split_depth, depth)


def _level(folders: Sequence[tuple[str, ...]], depth: int) -> set[str]:
    """The names of the folders at a depth."""
    return {path[depth] for path in folders if len(path) > depth}


def _holds_splits(names: set[str], below: set[str]) -> bool:
    """Whether it is a folder around the splits, though it may be called "train" itself."""
    return len(names) == 1 and _are_splits(below) and len(_splits(below)) > 1


def _are_splits(names: set[str]) -> bool:
    """Whether these are folders of splits: a class may be called "train" too, beside "car" and "bus"."""
    splits = _splits(names)
    are_all = all(split_named(name) for name in names)
    if are_all:
        return "train" in splits or len(splits) > 1
    return "train" in splits and len(splits) > 1


def _splits(names: set[str]) -> set[SplitName]:
    return {split for name in names if (split := split_named(name))}
