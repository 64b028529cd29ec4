"""How an image file becomes the input of a model's graph, for programs in any language."""

from typing import Any

from workers.datasets.images.preparation import SIXTEEN_BITS, Preparation
from workers.storage.tables import Model

#: In this order, as `Preparation` in workers/datasets/images/preparation.py does them.
STEPS = (
    "Decode the first image of the file. A JPEG is decoded at 1/2, 1/4 or 1/8 of its size where that"
    " is at least the size to which it is scaled below.",
    "Turn it upright, as the orientation in EXIF says.",
    "Lay transparent pixels on `background`.",
    "Map samples of more than 8 bits from `scale` (black, white) to 0 to 255, rounded to the nearest"
    " integer, half to even. 8 bits stay as they are. Unless `scale_of_dataset`, a file that says which"
    " number is white (BitsPerSample or MaxSampleValue of a TIFF, sBIT of a PNG) has a scale of its own.",
    "Give it `width` and `height` with the filter `resampling`: with `fit` = crop scale the largest"
    " part in the middle that has the right proportions; with pad scale the whole until it fits and"
    " add `padding` equally on both sides, right and bottom getting the odd pixel; with stretch scale"
    " width and height each by a factor of its own.",
    "Convert it to `channels`: 1 is grey, the luma of ITU-R 601; 3 is red, green, blue.",
    "Pass it as uint8 to `input`. Normalisation and softmax are in the graph.",
)


#: Modes of Pillow that predict.py reads as the service does: of 8 bits, of 16, and of numbers on the
#: dataset's own scale.
EIGHT_BITS = ("1", "L", "LA", "P", "RGB", "RGBA")
SIXTEEN_BITS_GREY = ("I;16", "I;16B")
OTHER_NUMBERS = ("I", "F")


def preprocessing_of(model: Model) -> dict[str, Any]:
    """The steps from a file to the graph, and their numbers."""
    preparation = Preparation.of_model(model.preparation, model.image_shape)
    channels, height, width = preparation.shape
    scale = preparation.scale or SIXTEEN_BITS
    return {
        "input": {"name": "images", "type": "uint8", "shape": ["batch", channels, height, width]},
        "output": {
            "name": "probabilities",
            "type": "float32",
            "shape": ["batch", len(model.classes)],
        },
        "channels": channels,
        "width": width,
        "height": height,
        "fit": preparation.geometry.fit,
        "resampling": "bilinear, over all pixels that fall on a pixel of the result, as in Pillow",
        "padding": 0,
        "background": [255, 255, 255],
        "scale": [scale.black, scale.white],
        "scale_of_dataset": preparation.scale is not None,
        "pillow_modes": [
            *EIGHT_BITS,
            *SIXTEEN_BITS_GREY,
            *(OTHER_NUMBERS if preparation.scale else ()),
        ],
        "steps": list(STEPS),
    }
