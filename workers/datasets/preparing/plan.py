"""What the prepared images look like: the geometry, the channels and the scale that fit all of them."""

import statistics
from collections.abc import Sequence

import numpy as np

from workers.datasets.content import ContentError
from workers.datasets.images.geometry import Geometry
from workers.datasets.images.image_file import Measured
from workers.datasets.images.pixel_scale import PixelScale, find_scale
from workers.datasets.images.preparation import Preparation
from workers.datasets.upload_options import UploadOptions

MAX_SIDE = 512  # pixels that images keep without being asked, where all agree
DEFAULT_SIDE = 224  # pixels that images of unequal sizes get at most: what pretrained networks see


def choose_preparation(images: Sequence[Measured], options: UploadOptions) -> Preparation:
    """The preparation for images of these sizes and kinds; ContentError where no scale fits."""
    return Preparation(
        channels=1 if all(image.is_grey for image in images) else 3,
        geometry=_geometry(images, options),
        scale=_scale(images),
    )


def expected_preparation(sample: Sequence[Measured], options: UploadOptions) -> Preparation | None:
    """The preparation that a sample calls for; None where its halves call for different ones."""
    halves = [half for half in (sample[::2], sample[1::2]) if half]
    expected = {choose_preparation(half, options) for half in halves}
    return expected.pop() if len(expected) == 1 else None


def _geometry(images: Sequence[Measured], options: UploadOptions) -> Geometry:
    if options.width and options.height:
        return Geometry(options.width, options.height, options.fit or "crop")
    sizes = {(image.width, image.height) for image in images}
    if len(sizes) == 1 and max(next(iter(sizes))) <= MAX_SIDE:
        return Geometry(*next(iter(sizes)), options.fit or "crop")
    shorter = statistics.median_low([min(image.width, image.height) for image in images])
    side = min(shorter, DEFAULT_SIDE)
    return Geometry(side, side, options.fit or "crop")


def _scale(images: Sequence[Measured]) -> PixelScale | None:
    """One scale for all images with more than 8 bits a sample; None where there are none."""
    deep = [image for image in images if image.extremes]
    if not deep:
        return None
    extremes = np.array([image.extremes for image in deep])  # not min(), which may pass over NaN
    lowest, highest = float(extremes[:, 0].min()), float(extremes[:, 1].max())
    scale = find_scale(lowest, highest, is_whole=all(image.is_whole for image in deep))
    if scale is None:
        raise ContentError(
            f"the pixels go from {lowest:g} to {highest:g}; accepted are whole numbers from 0 to"
            " 65,535, and floats from 0 to 1, -1 to 1, 0 to 255 or 0 to 65,535"
        )
    return scale


def notes(images: Sequence[Measured], preparation: Preparation) -> list[str]:
    """What is done to the images, in sentences without a full stop."""
    said = []
    resized = num_resized(images, preparation)
    if resized:
        geometry = preparation.geometry
        size = f"{geometry.width}×{geometry.height}"
        how = f" ({geometry.fit})" if _is_shape_changed(images, geometry) else ""
        said.append(f"{resized:,} of {len(images):,} images resized to {size}{how}")
    if preparation.scale:
        deep = sum(image.extremes is not None for image in images)
        black, white = preparation.scale.black, preparation.scale.white
        said.append(f"{deep:,} images scaled from {black:g} to {white:g} down to 8 bits")
    if preparation.channels > 1:
        grey = sum(image.is_grey for image in images)
        if grey:
            said.append(f"{grey:,} grey images made colour, since others are")
    return said


def _is_shape_changed(images: Sequence[Measured], geometry: Geometry) -> bool:
    """Whether the way to fit matters: some image has other proportions than the geometry."""
    return any(image.width * geometry.height != image.height * geometry.width for image in images)


def num_resized(images: Sequence[Measured], preparation: Preparation) -> int:
    """How many images do not have the size that they get."""
    size = (preparation.geometry.width, preparation.geometry.height)
    return sum((image.width, image.height) != size for image in images)
