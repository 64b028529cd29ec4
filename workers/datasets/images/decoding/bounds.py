"""What an image file may at most ask for, checked against its header before anything is allocated."""

MAX_PIXELS = 64_000_000
MAX_BYTES = 6 * MAX_PIXELS  # of decoded pixels: as many of 16-bit colour
#: Pixels times the scans of a JPEG, each of which goes over all pixels once more.
MAX_SCANNED = 20 * MAX_PIXELS


class ImageFileError(ValueError):
    """The bytes are not an image that is accepted; the message says which are."""


def check_size(width: int, height: int, *, bytes_per_pixel: int = 3) -> None:
    """ImageFileError where an image is larger than is accepted."""
    if width <= 0 or height <= 0:
        raise ImageFileError(f"the image has {width}×{height} pixels")
    if width * height > MAX_PIXELS:
        raise ImageFileError(
            f"the image has {width}×{height} pixels; at most {MAX_PIXELS:,} are accepted"
        )
    if width * height * bytes_per_pixel > MAX_BYTES:
        raise ImageFileError(
            f"the image has {width}×{height} pixels of {bytes_per_pixel} bytes; at most"
            f" {MAX_BYTES:,} bytes are accepted"
        )
