"""Pillow decodes each photograph in full, one after the other; prints its seconds as JSON.

`python -m benchmarks.photos.decoded_in_full PHOTO SIDE NUMBER`
"""

import io
import json
import sys
from pathlib import Path
from time import perf_counter

from benchmarks.uploads.decoded_in_full import fitted


def main(photo: Path, side: int, number: int) -> None:
    """Decode the photograph so many times."""
    content = photo.read_bytes()
    started = perf_counter()
    for _ in range(number):
        fitted(io.BytesIO(content), side)
    sys.stdout.write(json.dumps({"seconds": perf_counter() - started, "images": number}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
