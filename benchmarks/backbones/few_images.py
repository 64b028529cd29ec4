"""A few images of CIFAR-10, from an archive of JPEG files in `train/<class>/` and `test/<class>/`."""

import tarfile
import zipfile
from collections import Counter
from pathlib import Path

EACH = {"train": 100, "test": 200}  # images of each of the ten classes


def take(archive: Path, target: Path) -> None:
    """Write a zip with the first images of each class of both splits: 1,000 and 2,000."""
    taken: Counter[tuple[str, str]] = Counter()
    with tarfile.open(archive) as source, zipfile.ZipFile(target, "w") as written:
        for member in source:
            path = Path(member.name)
            if not member.isfile():
                continue
            split, name = path.parts[-3], path.parts[-2]
            if taken[split, name] < EACH.get(split, 0):
                taken[split, name] += 1
                file = source.extractfile(member)
                if file:
                    written.writestr("/".join(path.parts[-3:]), file.read())
