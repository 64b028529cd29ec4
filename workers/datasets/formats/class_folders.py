"""A zip of images in `train/<class>/` and `test/<class>/`: a folder's name is that of its class."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from workers.datasets.content import MOST_CLASSES, Content
from workers.datasets.errors import ArchiveError
from workers.datasets.formats import Archive
from workers.datasets.image_file import ImageFileError, decode
from workers.datasets.pixel_scale import PixelScale

ACCEPTED = "a zip of train/<class>/*.png|jpg and test/<class>/*"
SPLITS = ("train", "test")
SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp"}
MOST_SIDE = 512  # pixels of the images a network is trained on
MOST_TOTAL_PIXELS = 2 * 1024**3


@dataclass(frozen=True, order=True)
class _ImageFile:
    split: str
    class_name: str
    path: str


def matches(archive: Archive) -> bool:
    """Whether there is an image in a class folder of a split."""
    return any(_image_files(archive.names))


def read(archive: Archive) -> Content:
    """The images of an archive. All become the size of the first, and grey only if all are grey."""
    files = sorted(_image_files(archive.names))
    for split in SPLITS:
        if not any(file.split == split for file in files):
            raise ArchiveError(f"there is no image in {split}/<class>/; accepted is {ACCEPTED}")
    classes = tuple(sorted({file.class_name for file in files}))
    if len(classes) > MOST_CLASSES:
        raise ArchiveError(f"the archive has {len(classes)} classes; at most {MOST_CLASSES}")
    width, height = _target_size(_decoded(archive, files[0]))
    images, num_resized, is_grey = _decode_all(archive, files, (width, height))
    if is_grey:
        images = images[:, :1]
    labels = torch.tensor([classes.index(file.class_name) for file in files])
    in_train = torch.tensor([file.split == "train" for file in files])
    resized = f"{num_resized:,} of {len(files):,} images resized to {width}×{height}"
    return Content(
        classes=classes,
        train_images=images[in_train].contiguous(),
        train_labels=labels[in_train],
        test_images=images[~in_train].contiguous(),
        test_labels=labels[~in_train],
        note=resized if num_resized else "",
    )


def _image_files(names: Collection[str]) -> Iterator[_ImageFile]:
    for name in names:
        *folders, file_name = PurePosixPath(name).parts
        is_hidden = any(part.startswith((".", "__MACOSX")) for part in (*folders, file_name))
        if is_hidden or PurePosixPath(file_name).suffix.lower() not in SUFFIXES:
            continue
        # The first folder with the name of a split counts, and the class folder lies right below it.
        split = next((n for n, folder in enumerate(folders[:-1]) if folder in SPLITS), None)
        if split is not None and split == len(folders) - 2:
            yield _ImageFile(folders[split], folders[split + 1], name)


def _target_size(first: Image.Image) -> tuple[int, int]:
    width, height = first.size
    if max(width, height) > MOST_SIDE:
        scale = MOST_SIDE / max(width, height)
        return max(1, round(width * scale)), max(1, round(height * scale))
    return width, height


def _decode_all(
    archive: Archive, files: list[_ImageFile], size: tuple[int, int]
) -> tuple[Tensor, int, bool]:
    """The images (N, 3, H, W) as uint8, how many were resized, and whether all are grey."""
    width, height = size
    if len(files) * width * height > MOST_TOTAL_PIXELS:
        raise ArchiveError(
            f"{len(files):,} images of {width}×{height} are more than {MOST_TOTAL_PIXELS:,} pixels"
        )
    pixels = np.empty((len(files), height, width, 3), np.uint8)
    num_resized, is_grey = 0, True
    for index, file in enumerate(files):
        image = _decoded(archive, file)
        is_grey = is_grey and image.mode == "L"
        if image.size != size:
            image = image.resize(size)
            num_resized += 1
        pixels[index] = np.asarray(image.convert("RGB"))
    return torch.from_numpy(pixels).permute(0, 3, 1, 2), num_resized, is_grey


def _decoded(archive: Archive, file: _ImageFile) -> Image.Image:
    try:
        pixels = decode(archive.read(file.path))
        return Image.fromarray(PixelScale(0, 65535).to_bytes(pixels))
    except ImageFileError as error:
        raise ArchiveError(f"'{file.path}' in the archive: {error}") from None
