"""Image files of every format and kind of pixel: decoded, measured, upright."""

import io
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.workers.datasets.images.image_files import (
    HEIGHT,
    WIDTH,
    colour_image,
    encoded,
    noise,
    png16,
    samples,
    tiff,
    turned,
    with_chunk,
)
from workers.datasets.images.decoding import flattening
from workers.datasets.images.geometry import Geometry
from workers.datasets.images.image_file import (
    SUFFIXES,
    ImageFileError,
    decode,
    decode_file,
    measure,
    measure_pixels,
    stated_pixels,
)

SAMPLES = samples()
LOSSLESS = ("PNG", "WEBP", "BMP", "TIFF")
EVERY_FORMAT = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "AVIF", "HEIC")


@pytest.mark.parametrize("name", SAMPLES)
def test_every_file_is_decoded_and_measured_alike(name: str) -> None:
    pixels = decode(SAMPLES[name])

    assert pixels.shape in {(HEIGHT, WIDTH), (HEIGHT, WIDTH, 3), (WIDTH, HEIGHT, 3)}
    assert pixels.dtype in {np.dtype(np.uint8), np.dtype(np.uint16), np.dtype(np.float32)}
    assert measure(SAMPLES[name]) == measure_pixels(pixels)
    assert measure(SAMPLES[name]) == decode_file(SAMPLES[name], Geometry(4, 4)).measured
    is_padded = name.startswith("HEIC")  # to the 64 × 64 that are decoded
    assert stated_pixels(SAMPLES[name]) == (64 * 64 if is_padded else WIDTH * HEIGHT)


@pytest.mark.parametrize("name", [name for name in SAMPLES if "turned" not in name])
def test_a_large_image_is_flattened_in_strips_to_the_same_pixels(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = decode(SAMPLES[name])

    monkeypatch.setattr(flattening, "STRIP", 5 * WIDTH + 1)

    np.testing.assert_array_equal(decode(SAMPLES[name]), whole)


@pytest.mark.parametrize("kind", EVERY_FORMAT)
def test_the_colours_of_every_format_arrive(kind: str) -> None:
    options = {"lossless": True} if kind == "WEBP" else {}
    image = colour_image()

    pixels = decode(encoded(image, kind, **options))

    expected = np.asarray(image).astype(int)
    most = 0 if kind in LOSSLESS else 30 if kind == "GIF" else 16
    assert np.abs(pixels - expected).max() <= most


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "TIFF", "HEIC"])
def test_grey_stays_grey(kind: str) -> None:
    image = colour_image().convert("L")

    pixels = decode(encoded(image, kind))

    if kind == "WEBP":  # it has no grey
        assert pixels.shape == (HEIGHT, WIDTH, 3)
    else:
        assert np.abs(pixels - np.asarray(image).astype(int)).max() <= 8


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_is_applied(kind: str, orientation: int) -> None:
    image = colour_image()
    options = {} if kind == "TIFF" else {"quality": 95}
    upright = decode(encoded(image, kind, **options))

    content = encoded(image, kind, exif=turned(orientation).tobytes(), **options)

    expected = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, -1),
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(upright),
    }[orientation]
    np.testing.assert_array_equal(decode(content), expected)
    assert measure(content) == measure_pixels(expected)


def test_a_jpeg_is_turned_by_its_xmp_as_well() -> None:
    upright = decode(encoded(colour_image(), "JPEG"))

    content = encoded(colour_image(), "JPEG", xmp=b'<x tiff:Orientation="6"/>')

    np.testing.assert_array_equal(decode(content), np.rot90(upright, -1))


def test_a_turned_heic_is_turned_once() -> None:
    image = colour_image()
    image.info["exif"] = turned(6).tobytes()

    pixels = decode(encoded(image, "HEIC", quality=95))

    assert pixels.shape == (WIDTH, HEIGHT, 3)
    assert np.abs(pixels - np.rot90(np.asarray(colour_image()), -1).astype(int)).mean() < 5


@pytest.mark.parametrize("orientation", [6, 7])
@pytest.mark.parametrize("make", [png16, tiff])
def test_deep_images_are_turned_too(make: object, orientation: int) -> None:
    pixels = noise(5, 7, 3, kind="uint16")
    if make is png16:
        content = with_chunk(png16(pixels), b"eXIf", turned(orientation).tobytes()[6:])
    else:
        file = io.BytesIO()
        Image.fromarray(pixels[..., 0]).save(file, "TIFF", exif=turned(orientation))
        content, pixels = file.getvalue(), pixels[..., 0]

    expected = np.rot90(pixels, -1) if orientation == 6 else pixels[::-1, ::-1].swapaxes(0, 1)
    np.testing.assert_array_equal(decode(content), expected)


def test_a_jpeg_of_nothing_but_segments_is_not_searched_for_its_size() -> None:
    assert stated_pixels(b"\xff\xd8\xff" + b"\0" * 4_000_000) is None


@pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-1.4", b"<svg/>", b"\0" * 100, b"RIFF"])
def test_what_is_no_image_is_refused_and_the_formats_are_named(content: bytes) -> None:
    for read in (decode, measure):
        with pytest.raises(ImageFileError, match="not an image; accepted are PNG, JPEG, WEBP"):
            read(content)
    assert stated_pixels(content) is None


def test_the_first_frame_of_an_animation_counts() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue")]
    for kind in ("GIF", "WEBP", "PNG", "TIFF", "AVIF"):
        content = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
        red, green, blue = decode(content)[4, 4].tolist()
        assert red > 200, kind
        assert max(green, blue) < 60, kind


def test_suffixes_are_those_of_the_formats() -> None:
    assert {Path(f"a.{suffix}").suffix for suffix in ("png", "jpg", "heic", "tif")} <= SUFFIXES


def test_without_the_extra_a_heic_is_refused_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = encoded(colour_image(), "HEIC")
    monkeypatch.setitem(sys.modules, "pillow_heif", None)

    with pytest.raises(ImageFileError, match=r"pip install 'bakeoff\[heic\]'"):
        decode(content)
