"""Damaged image files: whatever is wrong with one, it is an ImageFileError and nothing else.

EXAMPLES damaged copies are made of each sample; `make fuzz` asks for more of them.
"""

import os
import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.workers.datasets.images.image_files import damaged, samples
from workers.datasets.images.geometry import Geometry
from workers.datasets.images.image_file import (
    ImageFileError,
    decode,
    measure,
    measure_pixels,
    stated_pixels,
)

EXAMPLES = int(os.environ.get("EXAMPLES", "3")) * 20
SAMPLES = samples()
GEOMETRY = Geometry(8, 8, "crop")


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.filterwarnings("ignore")  # what Pillow thinks of such files
def test_a_damaged_file_is_refused_in_a_sentence_or_decoded_as_it_is_measured(name: str) -> None:
    chance = random.Random(name)  # noqa: S311 - the same damage each time
    for _ in range(EXAMPLES):
        content = damaged(SAMPLES[name], chance)
        measured = result_of(measure, content)
        pixels = result_of(decode, content)
        result_of(lambda content: decode(content, GEOMETRY), content)
        if not isinstance(pixels, str):
            assert measured == measure_pixels(pixels)
        assert (stated_pixels(content) or 0) >= 0


def result_of(read: Callable[[bytes], Any], content: bytes) -> Any:
    """What is read, or the sentence of the refusal."""
    try:
        return read(content)
    except ImageFileError as refused:
        sentence = str(refused)
    assert sentence
    assert "\n" not in sentence
    return sentence
