"""Prepares a dataset: from what was uploaded or fetched to the one file that trainings map into memory."""

import math
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workers.datasets.content import ContentError
from workers.datasets.errors import ArchiveError, DiskFullError
from workers.datasets.images.image_file import Measured
from workers.datasets.images.preparation import Preparation
from workers.datasets.listings.class_names import check_classes, ordered_classes
from workers.datasets.listings.listing import Listing
from workers.datasets.preparing import assignment, plan
from workers.datasets.preparing.assignment import Assignment
from workers.datasets.preparing.content_hash import content_hash
from workers.datasets.preparing.decode import (
    IMAGES_OF_A_PIECE,
    Progress,
    Report,
    decode,
    moments,
)
from workers.datasets.preparing.pieces import Damage, measure_piece
from workers.datasets.preparing.processes import Map, cut
from workers.datasets.stored.description import DatasetDescription
from workers.datasets.stored.prepared_file import PreparedFile
from workers.datasets.upload_options import UploadOptions

SPARE_BYTES = 256 * 1024**2  # of the disk, which are left free
DAMAGED = "damaged image"


@dataclass(frozen=True)
class _Found:
    """The images that are left, and what is known of each of them."""

    listing: Listing
    measured: Sequence[Measured]

    def without(self, damage: Sequence[Damage], options: UploadOptions) -> "_Found":
        """The same without images that are damaged; ArchiveError where those are refused."""
        images = self.listing.images
        for position, reason in sorted(damage):  # in the order of the upload
            if options.damaged == "refuse":
                raise ArchiveError(
                    f"'{images[position].name[:200]}': {reason}. With ?damaged=skip such images are"
                    " left out and counted"
                )
            self.listing.skipped.add(DAMAGED, images[position].name)
        dropped = {position for position, _ in damage}
        kept = [position for position in range(len(images)) if position not in dropped]
        left = [images[position] for position in kept]
        vanished = {image.label for image in images} - {image.label for image in left}
        if vanished:
            raise ContentError(f"every image of the class {min(vanished)!r} is damaged")
        for split in {image.split for image in images} - {image.split for image in left}:
            raise ContentError(f"every image of the {split or 'train'} split is damaged")
        return _Found(replace(self.listing, images=left), [self.measured[n] for n in kept])


def prepare(
    listing: Listing,
    target: Path,
    options: UploadOptions,
    *,
    source: str,
    apply: Map,
    report: Report,
) -> DatasetDescription:
    """Write the images of a listing to `target`, and describe them.

    ArchiveError or ContentError say what is wrong. Images that cannot be decoded are refused by
    name, or skipped and counted where the options say so.
    """
    found = _measure(listing, options, apply, report)
    while True:
        preparation = plan.choose_preparation(found.measured, options)
        classes, labels = _labelled(found.listing)
        given = [image.split for image in found.listing.images]
        assigned = assignment.assign(given, labels, options.test_share)
        assignment.check(assigned, labels, classes)
        draft = _draft(found, preparation, classes, assigned)
        draft = replace(draft, source=source, options=options)
        file = _create(target, found, preparation, draft)
        damage, counts = decode(file, found.listing.images, assigned, preparation, apply, report)
        if not damage:
            break
        found = found.without(damage, options)  # the splits follow from the images that are left
    labels = labels[assigned.order]
    digest = content_hash(mapped_images(file), labels, assigned.order, given, classes)
    mean, std = moments(counts)
    description = replace(draft, sha256=digest, mean=mean, std=std)
    file.finish(description.as_json(), labels, assigned.order)
    return description


def mapped_images(file: PreparedFile) -> NDArray[np.uint8]:
    """The images (N, H, W, C) of a file whose header is not written yet."""
    return np.memmap(file.path, np.uint8, "r", file.offset_of(0), file.shape)


def _measure(listing: Listing, options: UploadOptions, apply: Map, report: Report) -> _Found:
    places = [image.place for image in listing.images]
    measured: list[Measured | None] = []
    damage: list[Damage] = []
    for piece in apply(measure_piece, cut(places, IMAGES_OF_A_PIECE)):
        damage += [(len(measured) + position, reason) for position, reason in piece.damage]
        measured += piece.images
        report(Progress("measuring", len(measured), len(places)))
    found = _Found(listing, measured)  # type: ignore[arg-type]  # without() drops what is None
    return found.without(damage, options) if damage else found


def _labelled(listing: Listing) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """The classes, and the number of the class of each image (N,)."""
    classes = listing.classes
    if classes is None:
        classes = ordered_classes(image.label for image in listing.images)
    check_classes(classes)
    number_of = {name: number for number, name in enumerate(classes)}
    return classes, np.array([number_of[image.label] for image in listing.images], np.int64)


def _draft(
    found: _Found,
    preparation: Preparation,
    classes: tuple[str, ...],
    assigned: Assignment,
) -> DatasetDescription:
    """The description without what only the decoded pixels say, nor where it comes from."""
    unknown = (0.123456789012345678,) * preparation.channels
    return DatasetDescription(
        classes=classes,
        sizes=assigned.sizes,
        sha256="0" * 64,
        split=assigned.rule,
        preparation=preparation,
        mean=unknown,
        std=unknown,
        num_resized=plan.num_resized(found.measured, preparation),
        skipped=found.listing.skipped.as_json(),
        notes=[*found.listing.notes, *plan.notes(found.measured, preparation)],
    )


def _create(
    target: Path, found: _Found, preparation: Preparation, draft: DatasetDescription
) -> PreparedFile:
    geometry = preparation.geometry
    shape = (
        len(found.listing.images),
        geometry.height,
        geometry.width,
        preparation.channels,
    )
    free = shutil.disk_usage(target.parent).free - SPARE_BYTES
    if math.prod(shape) > free:
        raise DiskFullError(
            f"{shape[0]:,} images of {geometry.width}×{geometry.height} need {math.prod(shape):,}"
            f" bytes, and {max(0, free):,} are free; choose a smaller ?size="
        )
    return PreparedFile.create(target, shape, draft.as_json())
