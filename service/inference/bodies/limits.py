"""How large the body of a prediction request may be."""

from service.errors import TooLargeError

MOST_IMAGES = 256  # of one request
MOST_BYTES = 32 * 1024**2  # of one request


def check_number(num_images: int) -> None:
    """TooLargeError where a request has more images than one may have."""
    if num_images > MOST_IMAGES:
        raise TooLargeError(f"{num_images} images; at most {MOST_IMAGES} are accepted at once")
