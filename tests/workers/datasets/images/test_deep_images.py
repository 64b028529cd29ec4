"""What has more than 8 bits a sample arrives with all of them."""

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from tests.workers.datasets.images.image_files import (
    colour_image,
    encoded,
    noise,
    png16,
    samples,
    tiff,
    twelve_bits,
    with_chunk,
)
from tests.workers.datasets.uploads import prepare, zipped
from workers.datasets.images.image_file import (
    ImageFileError,
    decode,
    decode_file,
    measure,
)
from workers.datasets.images.pixel_scale import PixelScale

SAMPLES = samples()


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3)])
@pytest.mark.parametrize("make", [png16, tiff])
def test_sixteen_bits_arrive_as_they_are(make: object, shape: tuple[int, ...]) -> None:
    pixels = noise(*shape, kind="uint16")

    np.testing.assert_array_equal(decode(make(pixels)), pixels)  # type: ignore[operator]


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"])
def test_sixteen_bits_arrive_however_pillow_compresses_them(compression: str) -> None:
    pixels = noise(5, 7, kind="uint16")
    content = encoded(Image.fromarray(pixels), "TIFF", compression=compression)

    np.testing.assert_array_equal(decode(content), pixels)


def test_white_as_zero_is_inverted() -> None:
    pixels = noise(5, 7, kind="uint16")
    content = encoded(Image.fromarray(pixels), "TIFF", tiffinfo={262: 0})

    np.testing.assert_array_equal(decode(content), 65535 - pixels)


@pytest.mark.parametrize("kind", ["int16", "int32", "uint32"])
def test_other_whole_numbers_are_uint16_where_they_fit(kind: str) -> None:
    pixels = np.array([[0, 7, 30000]], kind)

    assert decode(tiff(pixels)).dtype == np.uint16
    assert decode(tiff(pixels)).tolist() == pixels.tolist()


def test_numbers_below_zero_are_floats() -> None:
    pixels = np.array([[-1000, 0, 3000]], np.int16)

    assert decode(tiff(pixels)).dtype == np.float32
    assert measure(tiff(pixels)).extremes == (-1000, 3000)


@pytest.mark.parametrize("kind", ["float16", "float32", "float64"])
@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3)])
def test_floats_arrive_as_float32(kind: str, shape: tuple[int, ...]) -> None:
    pixels = (noise(*shape) / 255).astype(kind)

    np.testing.assert_array_equal(decode(tiff(pixels)), pixels.astype(np.float32))


@pytest.mark.parametrize("number", [np.nan, np.inf, 1e300])
def test_floats_that_are_no_numbers_are_refused(number: float) -> None:
    with pytest.raises(ImageFileError, match="infinite or not numbers"):
        decode(tiff(np.array([[0.5, number]])))


def test_extremes_and_kind_are_measured() -> None:
    whole = measure(png16(np.array([[5, 4000]], np.uint16)))
    floats = measure(tiff(np.array([[0.25, 0.5]], np.float32)))

    assert (whole.extremes, whole.is_whole) == ((5, 4000), True)
    assert (floats.extremes, floats.is_whole) == ((0.25, 0.5), False)
    assert measure(SAMPLES["JPEG RGB"]).extremes is None


def test_ten_bits_of_a_photograph_are_eight() -> None:
    """Such a file says itself what is white."""
    pixels = np.asarray(colour_image()).astype(np.uint16) * 4
    content = bytes(imagecodecs.avif_encode(pixels, bitspersample=10, level=100))

    assert np.abs(decode(content) - np.asarray(colour_image()).astype(int)).max() <= 6


DARK = np.arange(48, dtype=np.uint16).reshape(6, 8) * 10


def with_largest(number: int) -> bytes:
    """A TIFF of 16 bits with MaxSampleValue."""
    return encoded(Image.fromarray(DARK), "TIFF", tiffinfo={281: number})


@pytest.mark.parametrize(
    ("content", "white"),
    [
        (twelve_bits(DARK), 4095),
        (with_largest(4095), 4095),
        (with_largest(65535), 65535),
        (with_largest(471), None),  # the largest of this image: nothing about white
        (with_largest(255), None),  # others are larger
        (with_chunk(png16(DARK), b"sBIT", bytes([12])), 4095),
        (with_chunk(png16(DARK * 16), b"sBIT", bytes([12])), 65535),
        (with_chunk(png16(DARK), b"sBIT", bytes([16])), None),
        (png16(DARK), None),
        (tiff(DARK), None),
    ],
)
def test_what_a_file_says_is_white_is_known(content: bytes, white: int | None) -> None:
    assert decode_file(content).white == white
    assert measure(content).extremes == (0, white or decode(content).max())


def test_a_dataset_of_dark_images_has_the_scale_that_their_files_say() -> None:
    """Its own numbers would fit 9 bits. A prediction gets the pixels that training got."""
    files = {f"{'ab'[n % 2]}/{n}.tif": twelve_bits(DARK + n) for n in range(20)}

    made = prepare(zipped(files))

    preparation = made.description.preparation
    assert preparation.scale == PixelScale(0, 4095)
    trained_on = {image.tobytes() for image in made.dataset.train.images.numpy()}
    decoded = {preparation.apply_to_file(content).tobytes() for content in files.values()}
    assert trained_on <= decoded
