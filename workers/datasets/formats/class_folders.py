"""Images in class folders: `cat/1.jpg`, or `train/cat/1.jpg` and `test/cat/2.jpg`, below any outer folders.

A folder's name is that of its class. The names of splits are train, val, valid, validation and test,
in any case; what is missing is held out, class by class. Folders below a class folder belong to the
class.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from workers.datasets.archives import Archive
from workers.datasets.class_names import normalised
from workers.datasets.errors import ArchiveError
from workers.datasets.formats._files import (
    HIDDEN,
    NO_IMAGE,
    is_hidden,
    is_image,
    split_named,
    tables,
)
from workers.datasets.listing import ListedImage, Listing, Skipped, Split

ACCEPTED = "image files in class folders (cat/1.jpg), or in train/<class>/, test/<class>/"


@dataclass(frozen=True)
class _Layout:
    """At which depth of the folders the splits and the classes are; None: there are no splits."""

    split_depth: int | None
    class_depth: int

    def classify(self, name: str) -> tuple[Split | None, str, str | None]:
        """Split and class of a file by its folders, and why it belongs to none."""
        folders, split = PurePosixPath(name).parts[:-1], None
        if len(folders) <= self.class_depth:
            return None, "", "image outside the class folders"
        if self.split_depth is not None:
            split = split_named(folders[self.split_depth])
            if split is None:
                return None, "", "image outside the folders of the splits"
        return split, normalised(folders[self.class_depth]), None


def matches(archive: Archive) -> bool:
    """Whether an image lies in a folder, and no table gives the labels."""
    in_folders = (name for name in archive.names if "/" in name and is_image(name))
    return next(in_folders, None) is not None and not tables(archive.names)


def read(archive: Archive, scratch: Path) -> Listing:
    """The images in class folders; every other file is skipped, and counted by reason."""
    del scratch
    names = [name for name in archive.names if is_image(name)]
    layout = _layout([PurePosixPath(name).parts[:-1] for name in names])
    skipped = Skipped()
    images: list[ListedImage] = []
    for name in archive.names:
        split, label, problem = layout.classify(name)
        if is_hidden(name):
            skipped.add(HIDDEN, name)
        elif not is_image(name):
            skipped.add(NO_IMAGE, name)
        elif problem:
            skipped.add(problem, name)
        else:
            images.append(ListedImage(name, label, archive.place(name), split))
    if not images:
        raise ArchiveError(f"no image lies in a class folder; accepted is {ACCEPTED}")
    _refuse_empty_classes(archive, layout, {image.label for image in images})
    # The order of the archive says nothing: the same folders packed in another order are the same.
    return Listing(sorted(images, key=lambda image: (image.label, image.name)), skipped=skipped)


def _refuse_empty_classes(archive: Archive, layout: _Layout, classes: set[str]) -> None:
    """A class folder without an image would vanish."""
    for name in archive.names:
        _, label, problem = layout.classify(name)
        if problem is None and not is_hidden(name) and label not in classes:
            raise ArchiveError(f"the class {label!r} has no image ('{name[:80]}' is none)")


def _layout(folders: Sequence[tuple[str, ...]]) -> _Layout:
    """Skip the outer folders that all images share, and find the level of the splits, if there is one."""
    split_depth, depth = None, 0
    while True:
        names = {path[depth] for path in folders if len(path) > depth}
        if not names:
            raise ArchiveError(f"no image lies in a class folder; accepted is {ACCEPTED}")
        has_folders_below = any(len(path) > depth + 1 for path in folders)
        if split_depth is None and has_folders_below and _are_splits(names):
            split_depth = depth
        elif len(names) > 1 or not has_folders_below:
            return _Layout(split_depth, depth)
        depth += 1


def _are_splits(names: set[str]) -> bool:
    """Whether these are folders of splits: a class may be called "train" too, beside "car" and "bus"."""
    splits = {split for name in names if (split := split_named(name))}
    are_all = all(split_named(name) for name in names)
    return "train" in splits and (are_all or len(splits) > 1)
