"""The shape of the images that a network is built for."""

from typing import NamedTuple


class ImageShape(NamedTuple):
    """What one image of a dataset looks like: channels first, in pixels."""

    channels: int
    height: int
    width: int
