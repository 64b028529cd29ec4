"""Prepares a dataset: from what was uploaded or fetched to the one file that trainings map into memory."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workers.datasets.content import ContentError
from workers.datasets.errors import ArchiveError
from workers.datasets.images.image_file import Measured
from workers.datasets.images.preparation import Preparation
from workers.datasets.listings.class_names import check_classes, ordered_classes
from workers.datasets.listings.listing import Listing
from workers.datasets.listings.places import Place
from workers.datasets.preparing import assignment, plan
from workers.datasets.preparing.assignment import Assignment
from workers.datasets.preparing.content_hash import content_hash
from workers.datasets.preparing.decode import (
    Progress,
    Report,
    decode,
    moments,
    piece_size,
    report_nothing,
)
from workers.datasets.preparing.pieces import Damage, measure_piece
from workers.datasets.preparing.processes import Map, cut
from workers.datasets.stored.description import DatasetDescription
from workers.datasets.stored.prepared_file import PreparedFile
from workers.datasets.upload_options import UploadOptions
from workers.storage.full_disk import DiskFullError, free_bytes

SPARE_BYTES = 256 * 1024**2  # of the disk, which are left free
DAMAGED = "damaged image"
SAMPLE = 64  # images, spread over the upload, that say what is to be expected


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
    listing, preparation = _plan_preparation(listing, options, apply, report)
    while True:
        classes, labels = _number_classes(listing)
        given = [image.split for image in listing.images]
        assigned = assignment.assign(given, labels, options.test_share)
        assignment.check(assigned, labels, classes)
        draft = _draft(listing, preparation, classes, assigned)
        draft = replace(draft, source=source, options=options)
        file = _create(target, len(labels), preparation, draft)
        decoded = decode(file, listing.images, assigned, preparation, apply, report)
        # The splits follow from the images that are left, and the preparation from all of them.
        listing, expected = _leave_out_damaged(listing, decoded.damage, options), preparation
        preparation = plan.choose_preparation(decoded.measured, options)
        if not decoded.damage and preparation == expected:
            break
    labels = labels[assigned.order]
    digest = content_hash(mapped_images(file), labels, assigned.order, given, classes)
    mean, std = moments(decoded.value_counts)
    description = replace(
        _describe_resizing(draft, decoded.measured), sha256=digest, mean=mean, std=std
    )
    file.finish(description.as_json(), labels, assigned.order)
    return description


def mapped_images(file: PreparedFile) -> NDArray[np.uint8]:
    """The images (N, H, W, C) of a file whose header is not written yet."""
    return np.memmap(file.path, np.uint8, "r", file.offset_of(0), file.shape)


def _plan_preparation(
    listing: Listing, options: UploadOptions, apply: Map, report: Report
) -> tuple[Listing, Preparation]:
    """The images, and the preparation to expect: that of a sample, or of all where it is not uniform."""
    places = [image.place for image in listing.images]
    sample, damage = _measure(places[:: len(places) // SAMPLE + 1], apply)
    if not damage and (expected := plan.expected_preparation(sample, options)):
        return listing, expected
    measured, damage = _measure(places, apply, report)
    return _leave_out_damaged(listing, damage, options), plan.choose_preparation(measured, options)


def _measure(
    places: Sequence[Place], apply: Map, report: Report = report_nothing
) -> tuple[list[Measured], list[Damage]]:
    """What is known of the images that are whole, in no order, and what is wrong with the others."""
    measured: Counter[Measured] = Counter()
    damage: list[Damage] = []
    done = 0
    size = piece_size(len(places))
    for piece in apply(measure_piece, cut(places, size)):
        measured.update(piece.measured)
        damage += [(done + position, reason) for position, reason in piece.damage]
        done = min(done + size, len(places))
        report(Progress("measuring", done, len(places)))
    return list(measured.elements()), damage


def _leave_out_damaged(
    listing: Listing, damage: Sequence[Damage], options: UploadOptions
) -> Listing:
    """The listing without images that are damaged; ArchiveError where those are refused."""
    images = listing.images
    for position, reason in sorted(damage):  # in the order of the upload
        if options.damaged == "refuse":
            raise ArchiveError(
                f"'{images[position].name[:200]}': {reason}. With ?damaged=skip such images are"
                " left out and counted"
            )
        listing.skipped.add(DAMAGED, images[position].name)
    dropped = {position for position, _ in damage}
    left = [image for position, image in enumerate(images) if position not in dropped]
    vanished = {image.label for image in images} - {image.label for image in left}
    if vanished:
        raise ContentError(f"every image of the class {min(vanished)!r} is damaged")
    for split in {image.split for image in images} - {image.split for image in left}:
        raise ContentError(f"every image of the {split or 'train'} split is damaged")
    return replace(listing, images=left)


def _number_classes(listing: Listing) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """The classes, and the number of the class of each image (N,)."""
    classes = listing.classes
    if classes is None:
        classes = ordered_classes(image.label for image in listing.images)
    check_classes(classes)
    number_of = {name: number for number, name in enumerate(classes)}
    return classes, np.array([number_of[image.label] for image in listing.images], np.int64)


def _draft(
    listing: Listing,
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
        skipped=listing.skipped.as_json(),
        notes=listing.notes,
    )


def _describe_resizing(
    draft: DatasetDescription, measured: Sequence[Measured]
) -> DatasetDescription:
    """The description with what is done to the images, now that all of them are measured."""
    return replace(
        draft,
        num_resized=plan.num_resized(measured, draft.preparation),
        notes=[*draft.notes, *plan.notes(measured, draft.preparation)],
    )


def _create(
    target: Path, number: int, preparation: Preparation, draft: DatasetDescription
) -> PreparedFile:
    geometry = preparation.geometry
    shape = (number, geometry.height, geometry.width, preparation.channels)
    free = free_bytes(target.parent) - SPARE_BYTES
    if math.prod(shape) > free:
        raise DiskFullError(
            f"{shape[0]:,} images of {geometry.width}×{geometry.height} need {math.prod(shape):,}"
            f" bytes, and {max(0, free):,} are free where {target.parent.parent} lies; free some space"
            " there, or choose a smaller ?size="
        )
    return PreparedFile.create(target, shape, draft.as_json())
