"""python -m benchmarks.explanations: each method on the same test images → docs/pictures/explanations.png.

It asks a running service for a model's explanations of the test images that are named.
"""

import argparse
import io
from pathlib import Path

from PIL import Image

from bakeoff import Client

TARGET = Path(__file__).parents[1] / "docs" / "pictures" / "explanations.png"
METHODS = ("hires_cam", "grad_cam", "occlusion")
SIDE, MARGIN = 112, 6  # pixels of an image, and between two


def main() -> None:
    """Draw a row of images for each method, in the order of METHODS."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--model", default="latest")
    parser.add_argument("indices", type=int, nargs="+", help="of test images")
    arguments = parser.parse_args()
    size = (
        (SIDE + MARGIN) * len(arguments.indices) - MARGIN,
        (SIDE + MARGIN) * len(METHODS) - MARGIN,
    )
    sheet = Image.new("RGB", size, "white")
    with Client(arguments.url) as client:
        for row, method in enumerate(METHODS):
            answer = client.explain(arguments.model, test_images=arguments.indices, method=method)
            for column in range(len(arguments.indices)):
                picture = Image.open(io.BytesIO(answer.picture(column)))
                place = (column * (SIDE + MARGIN), row * (SIDE + MARGIN))
                sheet.paste(picture.resize((SIDE, SIDE), Image.Resampling.BOX), place)
    sheet.save(TARGET, optimize=True)


if __name__ == "__main__":
    main()
