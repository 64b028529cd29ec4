"""An int8 model against its original: paired tests, equivalence, and a verdict in words."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from pydantic import BaseModel, Field

from service.analysis.formats import duration, p_words, points
from service.analysis.hypothesis_tests.images_and_seeds import over_images_and_seeds
from service.analysis.hypothesis_tests.mcnemar import exact_p
from service.analysis.pair_statistics import LEVEL

ABOUT_EQUAL = 1.05  # a factor below it is not worth a number
KB = 1000  # bytes


class QuantisedAccuracy(BaseModel):
    """Both models on the same test images, computed by the same engine."""

    original: float = Field(description="share of images that it gets right")
    int8: float
    images: int = Field(description="of the test split, or of the fold that tested the original")
    difference: float = Field(description="int8 minus original, as a share of images")
    low: float = Field(description="95 % interval of the difference, over test images")
    high: float
    only_original_right: int = Field(description="test images that only the original gets right")
    only_int8_right: int
    mcnemar_p: float = Field(description="McNemar's exact test, two-sided")
    margin: float = Field(description="differences below it count as equivalent")
    equivalence_p: float = Field(description="two one-sided tests against the margin")
    equivalent: bool = Field(description="whether that is shown: `equivalence_p` is at most 0.05")


def compare_accuracy(right: Mapping[str, int], margin: float) -> QuantisedAccuracy:
    """Test the accuracy of an int8 model against that of its original.

    `right` counts the test images that `both` get right, only the `original`, only `int8`, or `neither`.
    """
    counts = [right[name] for name in ("both", "original", "int8", "neither")]
    original = np.repeat([True, True, False, False], counts)
    int8 = np.repeat([True, False, True, False], counts)
    difference = over_images_and_seeds(int8[None], original[None])
    mean, half = float(difference.mean), float(difference.half_width(LEVEL))
    equivalence_p = float(difference.equivalence_p(margin))
    return QuantisedAccuracy(
        original=float(original.mean()),
        int8=float(int8.mean()),
        images=len(original),
        difference=mean,
        low=mean - half,
        high=mean + half,
        only_original_right=right["original"],
        only_int8_right=right["int8"],
        mcnemar_p=float(exact_p(right["original"], right["int8"])),
        margin=margin,
        equivalence_p=equivalence_p,
        equivalent=equivalence_p <= LEVEL,
    )


def verdict(result: Mapping[str, Any]) -> str:
    """What the result of a job that quantised says, in sentences: accuracy, labels, size and speed."""
    accuracy = compare_accuracy(result["right"], result["margin"])
    return " ".join(
        [
            _of_accuracy(accuracy),
            _of_labels(result["different_labels"], accuracy.images),
            _of_equivalence(accuracy),
            f"It is {_size(result)} and {_pace(result)}.",
        ]
    )


def _of_accuracy(accuracy: QuantisedAccuracy) -> str:
    """No more than McNemar's test allows."""
    if accuracy.mcnemar_p > LEVEL:
        said = "No difference in accuracy could be shown between the int8 model and its original"
    else:
        more = "less" if accuracy.difference < 0 else "more"
        difference = points(abs(accuracy.difference), accuracy)
        said = f"The int8 model is {difference} points {more} accurate than the original"
    low, high = points(accuracy.low, accuracy), points(accuracy.high, accuracy)
    return (
        f"{said}: {100 * accuracy.int8:.2f} % against {100 * accuracy.original:.2f} %"
        f" of {accuracy.images:,} test images (95 % interval of the difference {low} to {high} points,"
        f" McNemar's test {p_words(accuracy.mcnemar_p)})."
    )


def _of_labels(different: int, images: int) -> str:
    if different == 0:
        return f"Both give the same label to all {images:,}."
    return f"They label {different:,} of the {images:,} differently."


def _of_equivalence(accuracy: QuantisedAccuracy) -> str:
    """A loss that is shown, and is larger than the margin, ends in the advice against the model."""
    margin = f"{100 * accuracy.margin:g} point{'' if accuracy.margin == 0.01 else 's'}"  # noqa: PLR2004
    if accuracy.mcnemar_p <= LEVEL and accuracy.difference < -accuracy.margin:
        return f"This int8 model should not be used: it loses more than the margin of {margin}."
    p = p_words(accuracy.equivalence_p)
    if accuracy.equivalent:
        return f"The two are equivalent to within {margin} ({p})."
    return f"That they are equivalent to within {margin} is not shown ({p})."


def _size(result: Mapping[str, Any]) -> str:
    original, int8 = result["bytes"]["original"], result["bytes"]["int8"]
    sizes = f"({int8 / KB:,.0f} kB instead of {original / KB:,.0f} kB)"
    if original >= ABOUT_EQUAL * int8:
        return f"{original / int8:.1f} times smaller {sizes}"
    if int8 >= ABOUT_EQUAL * original:
        return f"{int8 / original:.1f} times larger {sizes}"
    return f"about as large {sizes}"


def _pace(result: Mapping[str, Any]) -> str:
    """By the medians of the first cell, which is one image by one thread."""
    cell = result["latency"][0]
    original, int8 = cell["original"]["p50"], cell["int8"]["p50"]
    if original >= ABOUT_EQUAL * int8:
        how = f"{original / int8:.1f} times as fast"
    elif int8 >= ABOUT_EQUAL * original:
        how = f"{int8 / original:.1f} times slower"
    else:
        how = "about as fast"
    times = f"({duration(int8)} instead of {duration(original)})"
    return f"{how} at batch 1 {times} on one thread of {result['device_name']}"
