"""The verdict of an int8 model: what the numbers allow, and no more."""

from typing import Any

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar

from service.analysis.quantisation import compare_accuracy, verdict


def right(both: int, original: int, int8: int, neither: int) -> dict[str, int]:
    return {"both": both, "original": original, "int8": int8, "neither": neither}


def result(counts: dict[str, int], **replaced: Any) -> dict[str, Any]:
    """As a job stores it."""
    cell = {"original": {"p50": 80e-6}, "int8": {"p50": 50e-6}}
    return {
        "right": counts,
        "margin": 0.01,
        "different_labels": 12,
        "bytes": {"original": 340_000, "int8": 100_000},
        "latency": [cell],
        "device_name": "a processor (cpu)",
        **replaced,
    }


def test_the_tests_are_those_of_paired_images() -> None:
    counts = right(9_600, 40, 20, 340)
    compared = compare_accuracy(counts, 0.005)
    differences = np.repeat([0, -1, 1, 0], [9_600, 40, 20, 340])

    assert (compared.original, compared.int8) == (pytest.approx(0.964), pytest.approx(0.962))
    assert compared.difference == pytest.approx(-0.002)
    assert compared.mcnemar_p == pytest.approx(mcnemar([[9_600, 40], [20, 340]], exact=True).pvalue)
    low, high = stats.t.interval(
        0.95, len(differences) - 1, differences.mean(), differences.std() / 100
    )
    assert (compared.low, compared.high) == pytest.approx((low, high), rel=0.03)
    one_sided = stats.ttest_1samp(differences, -0.005, alternative="greater").pvalue
    assert compared.equivalence_p == pytest.approx(one_sided, rel=0.3)
    assert compared.equivalent


def test_models_that_never_differ_are_not_taken_to_be_equal_on_all_other_images() -> None:
    few, many = (compare_accuracy(right(n, 0, 0, 0), 0.01) for n in (30, 3000))

    assert few.low < few.difference == 0 < few.high
    assert (few.equivalent, many.equivalent) == (False, True)


def test_a_loss_that_is_equivalent_is_said_with_both() -> None:
    said = verdict(result(right(9_600, 40, 20, 340)))

    assert said.startswith(
        "The int8 model is 0.2 points less accurate than the original: 96.20 % against 96.40 %"
        " of 10,000 test images (95 % interval of the difference −0.4 to 0.0 points,"
        " McNemar's test p = 0.013)."
    )
    assert "The two are equivalent to within 1 point (p < 0.001)." in said


def test_a_loss_of_more_than_the_margin_is_said_with_advice_against_the_model() -> None:
    said = verdict(result(right(900, 40, 10, 50), margin=0.02))

    assert "3.0 points less accurate" in said
    assert "This int8 model should not be used: it loses more than the margin of 2 points." in said
    assert "equivalent" not in said


@pytest.mark.parametrize(
    "counts",
    [
        right(900, 40, 10, 50),  # shown, but smaller than the margin
        right(60, 8, 2, 30),  # larger than the margin, but not shown
        right(900, 10, 60, 30),  # a gain
    ],
)
def test_no_advice_is_given_against_a_model_whose_loss_is_small_or_not_shown(
    counts: dict[str, int],
) -> None:
    said = verdict(result(counts, margin=0.04))

    assert "should not be used" not in said
    assert "equivalent to within 4 points" in said


def test_how_many_labels_differ_is_said_even_where_the_accuracy_is_the_same() -> None:
    few = verdict(result(right(900, 20, 20, 60), different_labels=55))
    none = verdict(result(right(900, 0, 0, 100), different_labels=0))

    assert "points, McNemar's test p = 1). They label 55 of the 1,000 differently. " in few
    assert "Both give the same label to all 1,000. " in none


@pytest.mark.parametrize(("original", "int8"), [(7, 7), (9, 4)])
def test_a_difference_that_is_not_shown_is_not_claimed(original: int, int8: int) -> None:
    said = verdict(result(right(900, original, int8, 100 - original - int8)))

    assert said.startswith(
        "No difference in accuracy could be shown between the int8 model and its original: 90."
    )


@pytest.mark.parametrize(
    ("int8_bytes", "int8_p50", "said"),
    [
        (100_000, 50e-6, "3.4 times smaller (100 kB instead of 340 kB) and 1.6 times as fast"),
        (340_000, 80e-6, "about as large (340 kB instead of 340 kB) and about as fast"),
        (510_000, 120e-6, "1.5 times larger (510 kB instead of 340 kB) and 1.5 times slower"),
    ],
)
def test_size_and_speed_are_said_as_factors(int8_bytes: int, int8_p50: float, said: str) -> None:
    measured = result(
        right(90, 0, 0, 10),
        bytes={"original": 340_000, "int8": int8_bytes},
        latency=[{"original": {"p50": 80e-6}, "int8": {"p50": int8_p50}}],
    )

    sentence = verdict(measured)
    assert f"It is {said} at batch 1" in sentence
    assert sentence.endswith("on one thread of a processor (cpu).")
