"""Classify image files with the model in this folder: `python predict.py photo.jpg more.png`.

It needs onnxruntime, numpy and Pillow. An image becomes the same pixels as in the service, by the steps in
preprocessing.json, and gets its probabilities to within 0.0001; what Pillow alone reads otherwise is refused.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from PIL import Image, ImageOps

FOLDER = Path(__file__).resolve().parent
CLASSES = json.loads((FOLDER / "classes.json").read_text(encoding="utf-8"))
STEPS = json.loads((FOLDER / "preprocessing.json").read_text(encoding="utf-8"))
GRAPH = onnxruntime.InferenceSession(str(FOLDER / "model.onnx"), providers=["CPUExecutionProvider"])
SIZE = np.array([STEPS["width"], STEPS["height"]])
BITS_PER_SAMPLE, MAX_SAMPLE_VALUE = 258, 281
RATIO: Any = {"crop": np.max, "pad": np.min, "stretch": np.asarray}[STEPS["fit"]]


def predict(path: str | Path) -> dict[str, float]:
    """Map each class to its probability for one image file, the most probable class first."""
    image = fit(decode(path)).convert("L" if STEPS["channels"] == 1 else "RGB")
    pixels = np.asarray(image).reshape(*SIZE[::-1], -1).transpose(2, 0, 1)
    [[probabilities]] = GRAPH.run(["probabilities"], {"images": pixels[None]})
    return {CLASSES[i]: float(probabilities[i]) for i in np.argsort(-probabilities, kind="stable")}


def decode(path: str | Path) -> Image.Image:
    """The image of a file in RGB, upright, and on white where it is transparent."""
    file: Any = Image.open(path)
    is_deep = file.mode[0] in "IF"  # more than 8 bits
    is_cut = ";16" in str(file.tile) and not is_deep  # to 8 bits, by Pillow
    is_inverted = is_deep and getattr(file, "tag_v2", {}).get(262) == 0  # a TIFF: 0 is white
    has_shade = "transparency" in file.info and file.mode not in {"P", "RGB"}  # of grey
    is_scaled = is_deep and not STEPS["scale_of_dataset"] and states_white(path, file)
    if file.mode not in STEPS["pillow_modes"] or is_cut or is_inverted or has_shade or is_scaled:
        raise ValueError("not read as by the service; save it as a PNG or JPEG of 8 bits in RGB")
    turn = -1 if file.getexif().get(0x0112) in {5, 6, 7, 8} else 1  # EXIF: it lies on its side
    file.draft(None, scaled(file.size[::turn])[::turn])  # of a JPEG: half the size, or less
    image = ImageOps.exif_transpose(file)
    if is_deep:
        black, white = STEPS["scale"]
        levels = (np.asarray(image, np.float64) - black) * (255 / (white - black))
        image = Image.fromarray(np.rint(levels).clip(0, 255).astype(np.uint8))
    background = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(background, image.convert("RGBA")).convert("RGB")


def states_white(path: str | Path, file: Image.Image) -> bool:
    """Whether a file of 16 bits says that fewer of them count, as the service would read it."""
    tags = dict(getattr(file, "tag_v2", {}))  # of a TIFF
    is_said = tags.get(BITS_PER_SAMPLE, (16,)) != (16,) or MAX_SAMPLE_VALUE in tags
    return is_said or b"sBIT" in Path(path).read_bytes()[:1000]  # of a PNG, before its pixels


def scaled(size: tuple[int, ...]) -> tuple[int, ...]:
    """Width and height that an image is scaled to, before anything is cut off or added."""
    return tuple(np.rint(np.multiply(size, RATIO(SIZE / size))).astype(int).clip(1).tolist())


def fit(image: Image.Image) -> Image.Image:
    """The image at the network's size: cropped in the middle, padded with black, or stretched."""
    part = np.minimum(image.size, SIZE / RATIO(SIZE / image.size))
    corner = (image.size - part) / 2
    if (part == SIZE).all():
        corner //= 1  # whole pixels stay as they are
    size = np.minimum(scaled(image.size), SIZE)
    image = image.resize(tuple(size), Image.Resampling.BILINEAR, (*corner, *(corner + part)))
    left, top = (SIZE - size) // 2
    return image.crop((-left, -top, *(SIZE - (left, top))))


if __name__ == "__main__":
    for path in sys.argv[1:] or sys.exit("python predict.py photo.jpg [more ...]"):
        try:
            top = list(predict(path).items())[:3]
        except (OSError, ValueError) as error:
            sys.exit(f"{path}: {error}")
        print(path, ", ".join(f"{name} {probability:.1%}" for name, probability in top), sep=": ")
