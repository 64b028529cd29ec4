"""Images of CIFAR-10 from an archive of JPEG files in `train/<class>/` and `test/<class>/`."""

import io
import tarfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from PIL import Image

CLASSES = 10
FEW: Final[Mapping[str, int]] = {"train": 100, "test": 200}  # images of each class
SIDE, QUALITY = 224, 90  # of the photos that are made of them
TEST_SHARE = 0.2


def few_images(archive: Path, target: Path) -> None:
    """Write a zip with 1,000 images to train on and 2,000 to test on."""
    _write(target, _first(archive, FEW))


def photos(archive: Path, target: Path, number: int) -> None:
    """Write a zip with so many photos of 224 pixels a side: images of 32, enlarged."""
    test = round(TEST_SHARE * number / CLASSES)
    each = {"train": number // CLASSES - test, "test": test}
    _write(target, ((name, _enlarged(image)) for name, image in _first(archive, each)))


def _first(archive: Path, each: Mapping[str, int]) -> Iterator[tuple[str, bytes]]:
    """Name and content of the first images of each class, so many in each split."""
    taken: Counter[tuple[str, str]] = Counter()
    with tarfile.open(archive) as source:
        for member in source:
            path = Path(member.name)
            if not member.isfile():
                continue
            split, name = path.parts[-3], path.parts[-2]
            file = source.extractfile(member)
            if file and taken[split, name] < each.get(split, 0):
                taken[split, name] += 1
                yield "/".join(path.parts[-3:]), file.read()


def _enlarged(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content)) as image:
        large = image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    written = io.BytesIO()
    large.save(written, "JPEG", quality=QUALITY)
    return written.getvalue()


def _write(target: Path, files: Iterator[tuple[str, bytes]]) -> None:
    with zipfile.ZipFile(target, "w") as written:
        for name, content in files:
            written.writestr(name, content)
