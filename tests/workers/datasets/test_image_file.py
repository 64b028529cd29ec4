"""Image files of every format and kind of pixel, upright, on white, and within bounds."""

import io
import struct
import zlib
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from tests.workers.datasets.image_files import (
    HEIGHT,
    WIDTH,
    colour_image,
    encoded,
    lab_image,
    noise,
    png16,
    reddish_ink,
    samples,
    tiff,
    tiff_with_alpha,
    turned,
    with_chunk,
    with_png_size,
)
from workers.datasets.geometry import Geometry
from workers.datasets.image_file import (
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
WHITE = 255


@pytest.mark.parametrize("name", SAMPLES)
def test_every_file_is_decoded_and_measured_alike(name: str) -> None:
    pixels = decode(SAMPLES[name])

    assert pixels.shape in {(HEIGHT, WIDTH), (HEIGHT, WIDTH, 3), (WIDTH, HEIGHT, 3)}
    assert pixels.dtype in {np.dtype(np.uint8), np.dtype(np.uint16), np.dtype(np.float32)}
    assert measure(SAMPLES[name]) == measure_pixels(pixels)
    stated = stated_pixels(SAMPLES[name])
    assert stated == (None if name.startswith(("TIFF", "AVIF", "HEIC")) else WIDTH * HEIGHT)


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


class TestTransparency:
    """Whatever is transparent is white, and what is half transparent half so."""

    @pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "TIFF", "AVIF", "HEIC"])
    def test_in_colour(self, kind: str) -> None:
        assert (decode(encoded(Image.new("RGBA", (16, 16), (9, 9, 9, 0)), kind)) >= 254).all()

    @pytest.mark.parametrize("kind", ["PNG", "TIFF"])
    def test_in_grey(self, kind: str) -> None:
        half = Image.new("LA", (3, 2), (100, 127))

        np.testing.assert_array_equal(decode(encoded(half, kind)), np.full((2, 3), 178))

    @pytest.mark.parametrize("kind", [np.uint8, np.uint16])
    def test_multiplied_into_the_colours_or_not(self, kind: type) -> None:
        most = int(np.iinfo(kind).max)
        pixels = np.full((2, 3, 4), most // 5, kind)
        pixels[..., 3] = most // 2

        multiplied = decode(tiff_with_alpha(pixels, 1)) / most
        separate = decode(tiff_with_alpha(pixels, 2)) / most

        assert np.abs(multiplied - 0.7).max() < 0.01
        assert np.abs(separate - 0.6).max() < 0.01

    def test_of_a_shade_of_grey(self) -> None:
        pixels = np.array([[0, 3, 200]], np.uint8)
        content = encoded(Image.fromarray(pixels), "PNG", transparency=3)

        assert decode(content).tolist() == [[0, WHITE, 200]]

    @pytest.mark.parametrize(("bits", "raw", "shade"), [(1, 0, 0), (2, 1, 85), (4, 7, 119)])
    def test_of_a_shade_of_few_bits(self, bits: int, raw: int, shade: int) -> None:
        row = np.arange(2**bits, dtype=np.uint8)
        packed = np.packbits(np.unpackbits(row[:, None], axis=1)[:, 8 - bits :]).tobytes()
        content = grey_png(len(row), bits, packed)
        scaled = [int(value) * 255 // (2**bits - 1) for value in row]
        assert decode(content).tolist() == [scaled]

        clear = with_chunk(content, b"tRNS", struct.pack(">H", raw))

        assert decode(clear).tolist() == [[WHITE if n == shade else n for n in scaled]]

    def test_of_a_colour(self) -> None:
        pixels = np.array([[[1, 2, 3], [1, 2, 4], [9, 9, 9]]], np.uint8)
        content = encoded(Image.fromarray(pixels), "PNG", transparency=(1, 2, 3))

        assert decode(content).tolist() == [[[255, 255, 255], [1, 2, 4], [9, 9, 9]]]

    def test_of_colours_of_a_palette(self) -> None:
        image = Image.fromarray(np.array([[0, 1, 2]], np.uint8)).convert("P")
        image.putpalette([10, 10, 10, 20, 20, 20, 30, 30, 30])
        content = encoded(image, "PNG", transparency=bytes([255, 0, 127]))

        assert decode(content)[0].tolist() == [[10] * 3, [255] * 3, [143] * 3]

    def test_of_one_shade_in_16_bits(self) -> None:
        pixels = np.array([[0, 300, 65535]], np.uint16)
        content = with_chunk(png16(pixels), b"tRNS", struct.pack(">H", 300))

        assert decode(content).tolist() == [[0, 65535, 65535]]

    def test_of_one_colour_in_16_bits(self) -> None:
        pixels = np.array([[[1, 2, 3], [300, 301, 302]]], np.uint16)
        content = with_chunk(png16(pixels), b"tRNS", struct.pack(">3H", 300, 301, 302))

        assert decode(content).tolist() == [[[1, 2, 3], [65535] * 3]]

    def test_in_16_bits(self) -> None:
        grey = np.array([[[1000, 0], [1000, 65535], [0, 32768]]], np.uint16)
        colour = np.concatenate([grey[..., :1]] * 3 + [grey[..., 1:]], axis=2)
        expected = [65535, 1000, 32767]

        assert decode(png16(grey))[0].tolist() == expected
        assert decode(png16(colour))[0].tolist() == [[n] * 3 for n in expected]
        assert decode(tiff_with_alpha(colour, 2))[0].tolist() == [[n] * 3 for n in expected]


class TestMoreThanEightBits:
    """What has more than 8 bits a sample arrives with all of them."""

    @pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3)])
    @pytest.mark.parametrize("make", [png16, tiff])
    def test_sixteen_bits(self, make: object, shape: tuple[int, ...]) -> None:
        pixels = noise(*shape, kind="uint16")

        np.testing.assert_array_equal(decode(make(pixels)), pixels)  # type: ignore[operator]

    @pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"])
    def test_sixteen_bits_as_pillow_writes_them(self, compression: str) -> None:
        pixels = noise(5, 7, kind="uint16")
        content = encoded(Image.fromarray(pixels), "TIFF", compression=compression)

        np.testing.assert_array_equal(decode(content), pixels)

    def test_white_as_zero_is_inverted(self) -> None:
        pixels = noise(5, 7, kind="uint16")
        content = encoded(Image.fromarray(pixels), "TIFF", tiffinfo={262: 0})

        np.testing.assert_array_equal(decode(content), 65535 - pixels)

    @pytest.mark.parametrize("kind", ["int16", "int32", "uint32"])
    def test_other_whole_numbers_are_uint16_where_they_fit(self, kind: str) -> None:
        pixels = np.array([[0, 7, 30000]], kind)

        assert decode(tiff(pixels)).dtype == np.uint16
        assert decode(tiff(pixels)).tolist() == pixels.tolist()

    def test_numbers_below_zero_are_floats(self) -> None:
        pixels = np.array([[-1000, 0, 3000]], np.int16)

        assert decode(tiff(pixels)).dtype == np.float32
        assert measure(tiff(pixels)).extremes == (-1000, 3000)

    @pytest.mark.parametrize("kind", ["float16", "float32", "float64"])
    @pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3)])
    def test_floats(self, kind: str, shape: tuple[int, ...]) -> None:
        pixels = (noise(*shape) / 255).astype(kind)

        np.testing.assert_array_equal(decode(tiff(pixels)), pixels.astype(np.float32))

    @pytest.mark.parametrize("number", [np.nan, np.inf, 1e300])
    def test_floats_that_are_no_numbers_are_refused(self, number: float) -> None:
        with pytest.raises(ImageFileError, match="infinite or not numbers"):
            decode(tiff(np.array([[0.5, number]])))

    def test_extremes_and_kind_are_measured(self) -> None:
        whole = measure(png16(np.array([[5, 4000]], np.uint16)))
        floats = measure(tiff(np.array([[0.25, 0.5]], np.float32)))

        assert (whole.extremes, whole.is_whole) == ((5, 4000), True)
        assert (floats.extremes, floats.is_whole) == ((0.25, 0.5), False)
        assert measure(SAMPLES["JPEG RGB"]).extremes is None

    def test_ten_bits_of_a_photograph_are_eight(self) -> None:
        """Such a file says itself what is white."""
        pixels = np.asarray(colour_image()).astype(np.uint16) * 4
        content = bytes(imagecodecs.avif_encode(pixels, bitspersample=10, level=100))

        assert np.abs(decode(content) - np.asarray(colour_image()).astype(int)).max() <= 6


class TestInk:
    """CMYK becomes what it looks like."""

    def test_without_a_profile_it_is_pillows_rule(self) -> None:
        cyan = Image.new("CMYK", (16, 16), (255, 0, 0, 0))

        for kind in ("JPEG", "TIFF"):
            red, green, blue = decode(encoded(cyan, kind))[8, 8].tolist()
            assert red < 10
            assert min(green, blue) > 245

    def test_with_a_profile_it_is_as_the_profile_says(self) -> None:
        cyan = Image.new("CMYK", (16, 16), (255, 0, 0, 0))

        for kind in ("JPEG", "TIFF"):
            red, green, blue = decode(encoded(cyan, kind, icc_profile=reddish_ink()))[8, 8].tolist()
            assert red > 3 * max(green, blue)

    def test_a_profile_that_cannot_be_read_is_left_out(self) -> None:
        cyan = Image.new("CMYK", (16, 16), (255, 0, 0, 0))

        with_nonsense = encoded(cyan, "JPEG", icc_profile=b"nonsense" * 30)

        np.testing.assert_array_equal(decode(with_nonsense), decode(encoded(cyan, "JPEG")))

    def test_luminance_and_black_of_adobe(self) -> None:
        ink = np.full((16, 16, 4), (200, 30, 60, 20), np.uint8)
        content = imagecodecs.jpeg8_encode(
            255 - ink, 95, colorspace="CMYK", outcolorspace="YCCK", subsampling="444"
        )

        expected = np.asarray(Image.fromarray(ink, "CMYK").convert("RGB")).astype(int)
        assert np.abs(decode(bytes(content)) - expected).max() <= 4

    def test_lab(self) -> None:
        pixels = decode(encoded(lab_image(), "TIFF"))

        assert np.abs(pixels - np.asarray(colour_image()).astype(int)).mean() < 4


class TestScaledDecoding:
    """A large JPEG is decoded at the smallest scale that covers what it is scaled to."""

    @pytest.mark.parametrize("orientation", [1, 6])
    @pytest.mark.parametrize(
        ("geometry", "divisor"),
        [
            (Geometry(64, 64, "crop"), 8),
            (Geometry(64, 64, "pad"), 8),
            (Geometry(300, 100, "stretch"), 4),
            (Geometry(301, 301, "crop"), 2),
            (Geometry(700, 10, "crop"), 1),
            (Geometry(2000, 2000, "crop"), 1),
        ],
    )
    def test_it_still_covers(self, geometry: Geometry, divisor: int, orientation: int) -> None:
        lying = (1207, 803) if orientation == 1 else (803, 1207)
        content = encoded(colour_image(*lying), "JPEG", exif=turned(orientation))

        file = decode_file(content, geometry)

        assert (file.width, file.height) == (1207, 803)
        height, width = file.pixels.shape[:2]
        assert (width, height) == (-(-1207 // divisor), -(-803 // divisor))
        if divisor > 1:
            wanted = geometry.scaled_size(1207, 803)
            assert width >= wanted[0]
            assert height >= wanted[1]

    def test_it_looks_the_same_and_is_the_same_each_time(self) -> None:
        geometry = Geometry(100, 80, "crop")
        content = encoded(colour_image(1600, 1200), "JPEG", quality=95)

        scaled = geometry.apply(decode(content, geometry))

        whole = geometry.apply(decode(content)).astype(int)
        assert np.abs(scaled - whole).max() <= 4
        np.testing.assert_array_equal(scaled, geometry.apply(decode(content, geometry)))


class TestBounds:
    """What a header asks for is checked before it is allocated."""

    def test_too_many_pixels(self) -> None:
        huge = 60_000, 60_000
        webp = bytearray(SAMPLES["WEBP RGBA"])
        webp[24:30] = (16_000).to_bytes(3, "little") * 2
        contents = [
            with_png_size(SAMPLES["PNG RGB"], *huge),
            with_png_size(SAMPLES["PNG 16 bit 3"], *huge),
            bytes(webp),
            patched_gif(*huge),
            patched_jpeg(SAMPLES["JPEG RGB"], *huge),
        ]
        for content in contents:
            for read in (measure, decode):
                with pytest.raises(ImageFileError, match="at most 64,000,000 are accepted"):
                    read(content)
            assert (stated_pixels(content) or 0) > 64_000_000

    def test_too_many_bytes(self) -> None:
        content = with_png_size(SAMPLES["PNG 16 bit 4"], 8000, 7900)

        with pytest.raises(ImageFileError, match="384,000,000 bytes are accepted"):
            decode(content)

    def test_a_text_that_grows(self) -> None:
        grown = b"Comment\0\0" + zlib.compress(bytes(100_000_000), 9)

        with pytest.raises(ImageFileError, match="too large"):
            decode(with_chunk(SAMPLES["PNG RGB"], b"zTXt", grown))

    def test_a_text_in_a_deep_image_is_not_read(self) -> None:
        grown = b"p\0\0" + zlib.compress(bytes(900_000), 9)
        content = with_chunk(SAMPLES["PNG 16 bit 3"], b"iCCP", grown)

        np.testing.assert_array_equal(decode(content), decode(SAMPLES["PNG 16 bit 3"]))

    def test_a_jpeg_that_goes_over_its_pixels_for_ever(self) -> None:
        whole = patched_jpeg(SAMPLES["JPEG progressive"], 7900, 8000)
        last = whole.rindex(b"\xff\xda")
        content = whole[:last] + whole[last:-2] * 50 + whole[-2:]

        with pytest.raises(ImageFileError, match="goes over its 7900×8000 pixels"):
            decode(content)


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


def grey_png(width: int, bits: int, row: bytes) -> bytes:
    """A grey PNG of one row."""
    header = struct.pack(">IIBBBBB", width, 1, bits, 0, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n"
    for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" + row)), (b"IEND", b"")):
        content += struct.pack(">I", len(data)) + kind + data
        content += struct.pack(">I", zlib.crc32(kind + data))
    return content


def patched_gif(width: int, height: int) -> bytes:
    content = SAMPLES["GIF P"]
    return content[:6] + struct.pack("<HH", width, height) + content[10:]


def patched_jpeg(content: bytes, width: int, height: int) -> bytes:
    at = max(content.find(b"\xff\xc0"), content.find(b"\xff\xc2"))
    return content[: at + 5] + struct.pack(">HH", height, width) + content[at + 9 :]
