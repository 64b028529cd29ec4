"""What an answer says about the scale of an image file of more than 8 bits a sample."""

import numpy as np

from service.inference.bodies.number_scale import note_on_clipping, range_of
from workers.datasets.images.image_file import DecodedFile, ImageFileError
from workers.datasets.images.pixel_scale import PixelScale, find_scale
from workers.datasets.images.preparation import Preparation


def scale_note(file: DecodedFile, preparation: Preparation, white: float | None) -> str:
    """Which numbers of the file become black and white, where that is not as in training; else "".

    ImageFileError where some are beyond 0 to `white`, which the request says is white, or where floats
    are on no usual scale.
    """
    if file.pixels.dtype == np.uint8:
        return ""
    lowest, highest = float(file.pixels.min()), float(file.pixels.max())
    if white is not None:
        if lowest < 0 or highest > white:
            raise ImageFileError(
                f"the image has numbers from {lowest:g} to {highest:g}, and ?scale={white:g} accepts"
                f" 0 to {white:g}"
            )
        return f"{range_of(PixelScale(0.0, white))} became 0 to 255, as asked"
    scale = preparation.scale_of(file.pixels, file.white)
    if preparation.scale is not None:
        is_beyond = lowest < scale.black or highest > scale.white
        return note_on_clipping(scale) if is_beyond else ""
    said = f"{range_of(scale)} became 0 to 255: the model was trained on 8 bits"
    if file.white is not None:
        return f"{said}, and the file says that {scale.white:g} is white"
    narrower = find_scale(lowest, highest, is_whole=file.pixels.dtype == np.uint16)
    if highest <= 0 or narrower is None or narrower.white >= scale.white:
        return said
    return (
        f"{said}; the largest is {highest:g}: where {narrower.white:g} is white, ask with"
        f" ?scale={narrower.white:g}"
    )
