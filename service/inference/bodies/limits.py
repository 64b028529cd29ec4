"""How large the body of a prediction request may be."""

from service.errors import TooLargeError

MAX_IMAGES = 256  # of one request
MAX_BYTES = 32 * 1024**2  # of one request


def check_number(num_images: int) -> None:
    """TooLargeError where a request has more images than one may have."""
    if num_images > MAX_IMAGES:
        raise TooLargeError(f"{num_images} images; at most {MAX_IMAGES} are accepted at once")
