"""A budget of pixels: how many may wait to be decoded, and how many are decoded at once.

The largest image takes 700 MB while it is decoded, scaled and copied, and a second of a processor.
A body of 32 MiB may name 256 of them.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from service.errors import TooLargeError
from service.inference.bodies.images import SECONDS_PER_PIXEL
from service.inference.errors import OverloadedError
from workers.datasets.images.image_file import MAX_PIXELS
from workers.processors import num_processors

MAX_ASKED = 2_000_000_000  # of all requests together: 160 photographs of 12 megapixels
MAX_AT_ONCE = 2 * MAX_PIXELS  # in the memory of all threads together


class PixelBudget:
    """Pixels by the headers of image files, of all requests that are decoded in threads."""

    def __init__(self) -> None:
        self.num_asked, self.num_at_once = 0, 0
        self._turn, self._changed = threading.Lock(), threading.Condition()

    @contextmanager
    def ask(self, num_pixels: int) -> Iterator[None]:
        """Count the pixels of a request until it is decoded, on the event loop.

        TooLargeError where they are more than all requests may have together, OverloadedError where
        they are now.
        """
        if num_pixels > MAX_ASKED:
            raise TooLargeError(
                f"the images have {_millions(num_pixels)} million pixels together; at most"
                f" {_millions(MAX_ASKED)} million are accepted at once"
            )
        if self.num_asked + num_pixels > MAX_ASKED:
            sentence = f"images of {_millions(self.num_asked)} million pixels wait to be decoded"
            seconds = self.num_asked * SECONDS_PER_PIXEL / num_processors()
            raise OverloadedError(sentence, seconds)
        self.num_asked += num_pixels
        try:
            yield
        finally:
            self.num_asked -= num_pixels

    @contextmanager
    def take(self, num_pixels: int) -> Iterator[None]:
        """Wait, in a thread, until so many pixels may be in memory; give them back afterwards."""
        with self._turn, self._changed:  # a large image is not overtaken by small ones for ever
            self._changed.wait_for(lambda: self._has_room(num_pixels))
            self.num_at_once += num_pixels
        try:
            yield
        finally:
            with self._changed:
                self.num_at_once -= num_pixels
                self._changed.notify()

    def _has_room(self, num_pixels: int) -> bool:
        return not self.num_at_once or self.num_at_once + num_pixels <= MAX_AT_ONCE


def _millions(num_pixels: int) -> str:
    return f"{num_pixels / 1e6:,.0f}"
