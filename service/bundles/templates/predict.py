"""Classify image files with the model in this folder, by `python predict.py photo.jpg more.png`.

From Python it is `from predict import predict`, then `predict("photo.jpg")`. It needs onnxruntime, numpy and
Pillow alone. An image becomes the same pixels as in the service, as preprocessing.json describes it, and
gets its probabilities to within 0.0001. Files that Pillow alone reads otherwise are refused: HEIC, CMYK,
colours of 16 bits, TIFFs of 16 bits in which 0 is white, floats where the model was trained on 8 bits, and
PNGs with a transparent shade of less than 8 bits of grey.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from PIL import Image, ImageOps

FOLDER = Path(__file__).resolve().parent
CLASSES = json.loads((FOLDER / "classes.json").read_text(encoding="utf-8"))
STEPS = json.loads((FOLDER / "preprocessing.json").read_text(encoding="utf-8"))
GRAPH = onnxruntime.InferenceSession(str(FOLDER / "model.onnx"), providers=["CPUExecutionProvider"])
WIDTH, HEIGHT, FIT, SCALE = (STEPS[name] for name in ("width", "height", "fit", "scale"))
WHITE = 65535  # of 16 bits


def predict(path: str | Path) -> dict[str, float]:
    """Map each class to its probability for one image file, the most probable class first."""
    image = fit(decode(path)).convert("L" if STEPS["channels"] == 1 else "RGB")
    pixels = np.asarray(image).reshape(HEIGHT, WIDTH, -1).transpose(2, 0, 1)
    [[probabilities]] = GRAPH.run(["probabilities"], {"images": pixels[None]})
    order = np.argsort(-probabilities, kind="stable")
    return {CLASSES[index]: float(probabilities[index]) for index in order}


def decode(path: str | Path) -> Image.Image:
    """The image upright, as L where it is grey and else RGB; transparent pixels are laid on white."""
    file = Image.open(path)
    refuse_unlike(file)
    is_lying = file.getexif().get(0x0112) in (5, 6, 7, 8)  # EXIF's orientation
    width, height = scaled_size(*(file.size[::-1] if is_lying else file.size))
    file.draft(None, (height, width) if is_lying else (width, height))  # JPEGs, by 2, 4 or 8
    image = ImageOps.exif_transpose(file)
    if image.mode[0] in "IF":
        return Image.fromarray(to_bytes(np.asarray(image), image.info.get("transparency")))
    mode = "L" if image.mode in ("1", "L", "LA") else "RGB"
    if image.has_transparency_data:
        transparent, image = image.convert("RGBA"), Image.new("RGBA", image.size, "white")
        image.alpha_composite(transparent)
    return image.convert(mode)


def refuse_unlike(file: Any) -> None:
    """ValueError for a file that Pillow alone would read otherwise than the service."""
    raw, is_deep = str(file.tile), file.mode[0] in "IF"
    is_inverted = is_deep and file.format == "TIFF" and file.tag_v2.get(262) == 0
    is_cut = ";16" in raw and not is_deep  # to 8 bits
    has_few_bits = any(few in raw for few in ("'1'", "L;2", "L;4"))
    is_unscaled = has_few_bits and "transparency" in file.info
    if file.mode in ("CMYK", "LAB") or is_inverted or is_cut or is_unscaled:
        raise ValueError("not read as by the service; save it as a PNG or JPEG of 8 bits in RGB")


def to_bytes(samples: NDArray[Any], transparent: int | None) -> NDArray[np.uint8]:
    """Samples of more than 8 bits → uint8, on the scale of the images that the model was trained on."""
    if transparent is not None:
        samples = np.where(samples == transparent, WHITE, samples)
    is_16_bit = samples.dtype.kind in "iu" and samples.min() >= 0 and samples.max() <= WHITE
    if not np.isfinite(samples).all() or not (SCALE or is_16_bit):
        raise ValueError("its numbers are on no scale that the model was trained on")
    black, white = SCALE or (0, WHITE)
    scaled = (samples.astype(np.float64) - black) * (255 / (white - black))
    return np.clip(np.rint(scaled), 0, 255).astype(np.uint8)


def scaled_size(width: int, height: int) -> tuple[int, int]:
    """Width and height that an image is scaled to before anything is cut off or added."""
    if FIT == "stretch":
        return WIDTH, HEIGHT
    ratio = (max if FIT == "crop" else min)(WIDTH / width, HEIGHT / height)
    return max(1, round(width * ratio)), max(1, round(height * ratio))


def fit(image: Image.Image) -> Image.Image:
    """The image at the network's size: cropped in the middle, padded with black, or stretched."""
    width, height = image.size
    if FIT == "pad":
        image = image.resize(scaled_size(width, height), Image.Resampling.BILINEAR)
        padded = Image.new(image.mode, (WIDTH, HEIGHT))
        padded.paste(image, ((WIDTH - image.width) // 2, (HEIGHT - image.height) // 2))
        return padded
    left, top, right, bottom = 0.0, 0.0, float(width), float(height)
    if FIT == "crop":
        ratio = max(WIDTH / width, HEIGHT / height)
        part_width, part_height = min(width, WIDTH / ratio), min(height, HEIGHT / ratio)
        left, top = (width - part_width) / 2, (height - part_height) / 2
        if ratio == 1:
            left, top = left // 1, top // 1  # whole pixels stay as they are
        right, bottom = left + part_width, top + part_height
    return image.resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR, (left, top, right, bottom))


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit("python predict.py photo.jpg [more ...]")
    for path in sys.argv[1:]:
        try:
            top = list(predict(path).items())[:3]
        except (OSError, ValueError) as error:
            sys.exit(f"{path}: {error}")
        print(path, ", ".join(f"{name} {probability:.1%}" for name, probability in top), sep=": ")
