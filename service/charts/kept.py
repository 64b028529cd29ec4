"""Charts and reports that have been made, kept by their ETag until others need the room."""

import threading
from collections import OrderedDict
from collections.abc import Callable

MOST_BYTES = 64 * 1024**2


class Kept:
    """What was made last, up to so many bytes; the least recently asked for makes way."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._content: OrderedDict[str, bytes] = OrderedDict()
        self._num_bytes = 0
        self._lock = threading.Lock()

    def get(self, key: str, make: Callable[[], bytes]) -> bytes:
        """What is kept under `key`, made first where nothing is."""
        with self._lock:
            if key in self._content:
                self._content.move_to_end(key)
                return self._content[key]
        content = make()
        with self._lock:
            self._num_bytes += len(content) - len(self._content.pop(key, b""))
            self._content[key] = content
            while self._num_bytes > self._most_bytes:
                self._num_bytes -= len(self._content.popitem(last=False)[1])
        return content


kept = Kept(MOST_BYTES)
