"""The preparation follows from all images: their sizes, their colours, and what is asked for."""

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tests.workers.datasets.uploads import class_folders, pixels, png, prepare, zipped
from workers.datasets.preparing.decode import Progress
from workers.datasets.preparing.uploaded_file import prepare_file
from workers.datasets.upload_options import UploadOptions


def sized(**sizes: tuple[int, int]) -> bytes:
    """Class folders of images of these sizes, width and height."""
    files = {}
    for n, (width, height) in enumerate(sizes.values()):
        written = io.BytesIO()
        Image.new("L", (width, height), 10 * n).save(written, "PNG")
        files[f"{'ab'[n % 2]}/{n}.png"] = written.getvalue()
    return zipped(files)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([(8, 6)] * 8, (8, 6)),
        ([(512, 6)] * 8, (512, 6)),
        ([(513, 100)] * 8, (100, 100)),
        ([(600, 500)] * 8, (224, 224)),
        ([(10, 20)] * 4 + [(30, 12)] * 4 + [(40, 50)] * 1, (12, 12)),
    ],
)
def test_the_default_size_comes_from_all_images(
    sizes: list[tuple[int, int]], expected: tuple[int, int]
) -> None:
    made = prepare(sized(**{str(n): size for n, size in enumerate(sizes)})).description

    assert made.image_shape == (1, expected[1], expected[0])
    assert made.num_resized == sum(size != expected for size in sizes)
    if made.num_resized:
        said = f"{made.num_resized} of {len(sizes)} images resized to {expected[0]}×{expected[1]}"
        assert said in made.notes[0]


@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
def test_a_size_and_a_fit_that_are_asked_for_are_used_and_said(fit: str) -> None:
    upload = sized(**{str(n): (20, 10) for n in range(8)})

    made = prepare(upload, width=8, height=8, fit=fit).description

    assert made.image_shape == (1, 8, 8)
    assert made.preparation.geometry.fit == fit
    assert made.notes == [f"8 of 8 images resized to 8×8 ({fit})"]


COLOUR = Image.new("RGB", (6, 6), (200, 0, 0))
UNEXPECTED: dict[str, tuple[Image.Image, tuple[int, int, int]]] = {
    "another size": (Image.new("L", (6, 9)), (1, 6, 6)),
    "colour": (COLOUR, (3, 6, 6)),
    "16 bits": (Image.fromarray(np.full((6, 6), 4000, np.uint16)), (1, 6, 6)),
    "floats": (Image.fromarray(np.full((6, 6), 0.5, np.float32)), (1, 6, 6)),
}


@pytest.mark.parametrize("broken", [{}, {"cat/torn.png": png()[:50], "dog/empty.png": b""}])
@pytest.mark.parametrize("how", UNEXPECTED)
def test_an_image_that_no_sample_told_of_counts_like_any_other(
    how: str, broken: dict[str, bytes]
) -> None:
    """All images are looked at, though a sample says what they are expected to be."""
    image, shape = UNEXPECTED[how]
    written = io.BytesIO()
    image.save(written, "TIFF")
    files = {**class_folders({"cat": 121, "dog": 120}), "cat/odd.tif": written.getvalue()}

    made = prepare(zipped({**files, **broken}), damaged="skip", test_share=0.4)

    few = {name: files[name] for name in list(files)[::15]} | {"cat/odd.tif": files["cat/odd.tif"]}
    of_few = prepare(zipped(few), test_share=0.4).description
    assert made.description.image_shape == shape == of_few.image_shape
    assert made.description.preparation == of_few.preparation
    assert len(made.description.notes) == len(of_few.notes) == 1
    assert made.skipped() == ({"damaged image": 2} if broken else {})


def test_images_of_which_a_sample_says_too_little_are_all_measured_first(tmp_path: Path) -> None:
    sizes = {str(n): (10 + n, 10 + n) for n in range(100)}
    upload, said = tmp_path / "upload", list[Progress]()
    upload.write_bytes(sized(**sizes))

    description = prepare_file(upload, tmp_path / "prepared", UploadOptions(), said.append)

    assert {progress.phase for progress in said} == {"measuring", "decoding"}
    assert description.image_shape == (1, 59, 59)


def test_one_colour_image_makes_all_of_them_colour() -> None:
    files = class_folders({"cat": 5, "dog": 5})
    written = io.BytesIO()
    Image.new("RGB", (6, 6), (200, 0, 0)).save(written, "PNG")

    made = prepare(zipped({**files, "cat/red.png": written.getvalue()}))

    assert made.description.image_shape == (3, 6, 6)
    assert made.description.notes == ["10 grey images made colour, since others are"]
    grey = made.dataset.test.images[0]
    assert torch.equal(grey[0], grey[2])
    assert np.array_equal(grey[1], pixels(int(grey[0, 0, 0])))
