"""Pillow decodes each photo in full, on two processes, then scales and crops; prints its seconds as JSON.

`python -m benchmarks.uploads.decoded_in_full FOLDER SIZE`
"""

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from time import perf_counter
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

WORKERS = 2


def fitted(file: Path | BinaryIO, size: int) -> NDArray[np.uint8]:
    """The photo as (size, size, 3), cropped around its centre."""
    with Image.open(file) as image:
        cropped = ImageOps.fit(image.convert("RGB"), (size, size), Image.Resampling.BILINEAR)
    return np.asarray(cropped)


def main(folder: Path, size: int) -> None:
    """Decode every photo below the folder."""
    files = sorted(folder.rglob("*.jpg"))
    started = perf_counter()
    with ProcessPoolExecutor(WORKERS) as pool:
        decoded = sum(
            len(found) > 0 for found in pool.map(fitted, files, [size] * len(files), chunksize=8)
        )
    seconds = perf_counter() - started
    sys.stdout.write(json.dumps({"seconds": seconds, "images": decoded}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
