"""The files that uploads are measured with, made by the benchmark."""

import io
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workers.datasets.images.geometry import Geometry
from workers.datasets.images.preparation import Preparation
from workers.datasets.stored.description import DatasetDescription
from workers.datasets.stored.prepared_file import PreparedFile

CLASSES = 10
PHOTO = (4032, 3024)  # width and height of a phone's photo: 12 megapixels
DIFFERENT_PHOTOS = 20  # the others are copies: making one takes a second
LARGE_SIDE = 224


def smooth_noise(generator: np.random.Generator, width: int, height: int) -> Image.Image:
    """An image with large and small structures, which compresses like a photograph."""
    coarse = generator.integers(0, 256, (height // 16 + 2, width // 16 + 2, 3), dtype=np.uint8)
    image = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
    grain = generator.normal(0, 6, (height, width, 1))
    return Image.fromarray(np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8))


def jpeg(image: Image.Image, quality: int = 85) -> bytes:
    """The bytes of a JPEG."""
    written = io.BytesIO()
    image.save(written, "JPEG", quality=quality)
    return written.getvalue()


def small_images(folder: Path, archive: Path, number: int) -> None:
    """JPEGs of 32 × 32 in train/<class>/ and test/<class>/, as a folder and as a zip."""
    generator = np.random.default_rng(0)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        for index in range(number):
            split = "test" if index % 6 == 0 else "train"
            name = f"{split}/class{index % CLASSES}/{index}.jpg"
            content = jpeg(smooth_noise(generator, 32, 32), quality=75)
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            packed.writestr(name, content)


def photos(folder: Path, archive: Path, number: int) -> None:
    """Photos of 12 megapixels in class folders, as a folder and as a zip."""
    generator = np.random.default_rng(0)
    contents = [jpeg(smooth_noise(generator, *PHOTO)) for _ in range(min(number, DIFFERENT_PHOTOS))]
    originals: list[Path] = []
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        for index in range(number):
            name, content = f"class{index % 2}/{index}.jpg", contents[index % len(contents)]
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if index < len(contents):
                path.write_bytes(content)
                originals.append(path)
            else:
                path.hardlink_to(originals[index % len(contents)])  # 2,000 photos are 7 GB
            packed.writestr(name, content)


def large_prepared(path: Path, number: int) -> None:
    """A prepared file of colour images of 224 × 224, of noise."""
    train, validation = number * 8 // 10, number // 10
    description = DatasetDescription(
        classes=tuple(map(str, range(CLASSES))),
        sizes={"train": train, "validation": validation, "test": number - train - validation},
        sha256="0" * 64,
        split="given",
        preparation=Preparation(3, Geometry(LARGE_SIDE, LARGE_SIDE)),
        mean=(0.5,) * 3,
        std=(0.29,) * 3,
    )
    shape = (number, LARGE_SIDE, LARGE_SIDE, 3)
    file = PreparedFile.create(path, shape, description.as_json())
    generator = np.random.default_rng(0)
    block: NDArray[np.uint8] = generator.integers(0, 256, (100, *shape[1:]), dtype=np.uint8)
    with path.open("r+b") as opened:
        opened.seek(file.offset_of(0))
        for start in range(0, number, len(block)):
            opened.write(block[: number - start].data)
    labels = np.arange(number) % CLASSES
    file.finish(description.as_json(), labels, np.arange(number))
