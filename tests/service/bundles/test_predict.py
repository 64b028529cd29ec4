"""The predict.py of a bundle, in an environment of its own, gives the probabilities of the service."""

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from tests.service.bundles.bundled import assert_alike, served, unpack
from tests.service.conftest import started
from tests.service.routes.v1.predicting import encoded
from tests.workers.datasets.images.image_files import (
    colour_image,
    noise,
    png16,
    tiff,
    twelve_bits,
    with_chunk,
)
from tests.workers.datasets.uploads import zipped

CLASSES = ("ñandú | *", "犬", "🐈 <b>")
ORIENTATION = 0x0112


def transparent_palette():
    colours = colour_image(50, 40).quantize(16)
    return encoded(colours, transparency=3)


def turned(orientation, size=(90, 50), kind="JPEG"):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return encoded(colour_image(*size), kind, exif=exif)


def with_alpha(mode):
    image = colour_image(44, 30).convert(mode)
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    return image


def deep_grey():
    return (np.arange(40 * 30, dtype=np.uint16).reshape(30, 40) * 3) % 4096


#: Of many sizes and proportions; a large JPEG is decoded at a smaller scale.
FILES = {
    "colour.png": encoded(colour_image(64, 48)),
    "grey.png": encoded(Image.fromarray(noise(33, 21))),
    "as_it_is.png": encoded(colour_image(12, 10)),
    "wide.png": encoded(colour_image(300, 7)),
    "palette.png": encoded(colour_image(50, 40).quantize(16)),
    "transparent_palette.png": transparent_palette(),
    "transparent_colour.png": encoded(colour_image(40, 41), transparency=(20, 20, 235)),
    "transparent_grey.png": encoded(with_alpha("L")),
    "transparent.png": encoded(with_alpha("RGB")),
    "black_and_white.png": encoded(Image.fromarray(noise(20, 30)).convert("1")),
    "deep.png": png16(deep_grey()),
    "deep.tif": tiff(deep_grey()),
    "colour.jpg": encoded(colour_image(64, 48), "JPEG"),
    "grey.jpg": encoded(colour_image(64, 48).convert("L"), "JPEG"),
    "large.jpg": encoded(colour_image(801, 603), "JPEG"),
    "large_progressive.jpg": encoded(colour_image(640, 481), "JPEG", progressive=True),
    "turned.jpg": turned(6),
    "large_turned.jpg": turned(8, (700, 333)),
    "mirrored.png": turned(5, kind="PNG"),
    "turned.tif": turned(6, kind="TIFF"),
    "colour.webp": encoded(colour_image(61, 40), "WEBP"),
    "transparent.webp": encoded(with_alpha("RGB"), "WEBP", lossless=True),
    "palette.gif": encoded(colour_image(30, 30).quantize(8), "GIF"),
    "colour.bmp": encoded(colour_image(31, 33), "BMP"),
}
REFUSED = {
    "deep_colour.png": png16(noise(10, 12, 3, kind="uint16")),
    "press.jpg": encoded(colour_image().convert("CMYK"), "JPEG"),
    "photo.heic": encoded(colour_image(), "HEIF"),
    "inverted.tif": imagecodecs.tiff_encode(deep_grey(), photometric="miniswhite"),
    "floats.tif": tiff(np.full((8, 8), 0.5, np.float32)),
    "twelve_bits.tif": twelve_bits(deep_grey()),
    "twelve_significant_bits.png": with_chunk(png16(deep_grey()), b"sBIT", bytes([12])),
    "transparent_bit.png": encoded(Image.fromarray(noise(8, 9)).convert("1"), transparency=1),
    "no_image.png": b"not an image",
}
SENTENCES = {
    "no_image.png": "cannot identify image file",
    "photo.heic": "cannot identify image file",
}
DATASETS = {
    "cropped": ("crop", lambda number: encoded(Image.fromarray(noise(10, 12 + number % 3, 3)))),
    "padded": ("pad", lambda number: encoded(Image.fromarray(noise(10, 12 + number % 3, 3)))),
    "deep": ("stretch", lambda number: png16(noise(10, 12 + number, kind="uint16") >> 4)),
}


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    folder = tmp_path_factory.mktemp("images")
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """An installation with a model for each way to fit images, of classes in several scripts."""
    for service in started(tmp_path_factory.mktemp("models")):
        for name, (fit, image) in DATASETS.items():
            files = {f"{CLASSES[n % 3]}/{n}.png": image(n) for n in range(36)}
            query = {"size": "12x10", "fit": fit}
            answer = service.http.put(f"/v1/datasets/{name}", content=zipped(files), params=query)
            assert answer.status_code == 201, answer.text
            service.work()  # which checks it
            body = {"dataset": name, "architecture": "fully_connected", "recipe": {"epochs": 3}}
            service.http.post("/v1/jobs", json=body)
            service.work()
            service.http.put(f"/v1/aliases/{name}", json={"model_id": "latest"})
        yield service


def test_the_environment_has_three_packages_and_no_other(environment, tmp_path):
    assert environment.packages(tmp_path) == {"PIL", "numpy", "onnxruntime"}


@pytest.mark.parametrize("model", DATASETS)
def test_every_kind_of_file_has_the_probabilities_of_the_service(
    environment, installation, images, tmp_path, model
):
    bundle = unpack(installation, model, tmp_path)

    predictions = environment.predict(bundle, images)

    assert predictions.keys() == FILES.keys()
    for name, content in FILES.items():
        assert_alike(predictions[name], served(installation, model, content))
    first = next(iter(predictions.values()))
    assert any(list(other.values()) != list(first.values()) for other in predictions.values())


def test_real_digits_have_the_probabilities_of_the_service(
    environment, trained, digit_images, tmp_path
):
    folder = tmp_path / "images"
    folder.mkdir()
    for number, image in enumerate(digit_images):
        image.save(folder / f"{number:02}.png")
    bundle = unpack(trained, "latest", tmp_path / "bundle")

    for name, predicted in environment.predict(bundle, folder).items():
        assert_alike(predicted, served(trained, "latest", (folder / name).read_bytes()))


def test_the_program_prints_the_top_classes_of_each_file(
    environment, installation, images, tmp_path
):
    bundle = unpack(installation, "cropped", tmp_path)
    paths = [str(images / name) for name in ("colour.png", "colour.jpg")]

    printed = environment.run("predict.py", *paths, folder=bundle).splitlines()

    assert [line.partition(": ")[0] for line in printed] == paths
    for line, name in zip(printed, ("colour.png", "colour.jpg"), strict=True):
        expected = served(installation, "cropped", FILES[name])
        said = [part.rpartition(" ") for part in line.partition(": ")[2].split(", ")]
        assert [label for label, _, _ in said] == list(expected)
        shares = [float(percent.removesuffix("%")) / 100 for _, _, percent in said]
        assert shares == pytest.approx(list(expected.values()), abs=0.0006)


@pytest.mark.parametrize("name", REFUSED)
def test_what_pillow_alone_reads_otherwise_is_refused_in_a_sentence(
    environment, installation, tmp_path, name
):
    bundle = unpack(installation, "cropped", tmp_path)
    (tmp_path / name).write_bytes(REFUSED[name])

    said = environment.run("predict.py", name, folder=bundle, exit_code=1)

    assert said.splitlines()[-1].startswith(f"{name}: ")
    assert SENTENCES.get(name, "not read as by the service") in said
    assert "Traceback" not in said


def test_the_program_without_a_file_says_how_it_is_run(environment, trained, tmp_path):
    bundle = unpack(trained, "latest", tmp_path)

    assert "python predict.py" in environment.run("predict.py", folder=bundle, exit_code=1)
