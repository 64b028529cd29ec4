"""The corrected resampled t test: what Nadeau and Bengio give, and no certainty from nothing."""

import numpy as np
import pytest
from scipy import stats

from service.analysis.hypothesis_tests import folds
from service.analysis.hypothesis_tests.folds import corrected_variance, over_folds
from workers.datasets.listings import splits

MANY = 10**9  # images: the flip of one of them is nothing


def test_the_share_for_validation_is_that_of_the_splits() -> None:
    assert folds.VALIDATION_SHARE == splits.VALIDATION_SHARE


@pytest.mark.parametrize("num_folds", [2, 5, 10])
def test_p_and_interval_are_those_of_the_t_test_with_the_corrected_variance(num_folds: int) -> None:
    differences = 0.02 + 0.01 * np.random.default_rng(num_folds).normal(size=num_folds)
    found = over_folds(differences, num_folds=num_folds, num_images=MANY)

    n_test, n_train = 1 / num_folds, 0.9 * (1 - 1 / num_folds)
    error = np.sqrt((1 / num_folds + n_test / n_train) * differences.var(ddof=1))
    theirs = stats.t(num_folds - 1, scale=error)
    assert float(found.p()) == pytest.approx(2 * theirs.sf(differences.mean()), rel=1e-6)
    assert float(found.half_width(0.05)) == pytest.approx(theirs.ppf(0.975), rel=1e-6)
    assert corrected_variance(differences, num_folds=num_folds) == pytest.approx(error**2)


def test_equivalence_is_the_larger_of_two_one_sided_tests() -> None:
    differences = np.array([0.001, -0.002, 0.003, 0.001, 0.0])
    found = over_folds(differences, num_folds=5, num_images=MANY)

    error = np.sqrt(corrected_variance(differences, num_folds=5))
    below = stats.t.cdf((differences.mean() - 0.005) / error, 4)
    above = stats.t.sf((differences.mean() + 0.005) / error, 4)
    assert float(found.equivalence_p(0.005)) == pytest.approx(max(below, above), rel=1e-6)


def test_folds_that_are_missing_make_the_interval_wider() -> None:
    differences = np.array([0.01, 0.02, 0.03, 0.01, 0.02])
    whole = over_folds(differences, num_folds=5, num_images=1000)
    some = over_folds(differences[1:4], num_folds=5, num_images=600)

    assert some.half_width(0.05) > whole.half_width(0.05)
    assert some.degrees_of_freedom == (2,)


@pytest.mark.parametrize("num_folds", [2, 5])
def test_folds_that_are_all_alike_are_not_taken_for_certainty(num_folds: int) -> None:
    # Every fold has 20 images, of which the better network gets a single one more right.
    same = over_folds(np.full(num_folds, 0.05), num_folds=num_folds, num_images=20 * num_folds)
    none = over_folds(np.zeros(num_folds), num_folds=num_folds, num_images=20 * num_folds)

    assert float(same.p()) > 0.01
    assert float(none.half_width(0.05)) > 0.02
    assert float(none.equivalence_p(0.005)) > 0.05


def test_networks_that_never_differ_on_many_images_are_equivalent() -> None:
    found = over_folds(np.zeros(5), num_folds=5, num_images=2624)

    assert float(found.equivalence_p(0.005)) < 0.001


def test_two_folds_show_a_difference_only_where_they_agree_closely() -> None:
    close = over_folds(np.array([0.100, 0.101]), num_folds=2, num_images=MANY)
    apart = over_folds(np.array([0.08, 0.12]), num_folds=2, num_images=MANY)

    assert float(close.p()) < 0.05
    assert float(apart.p()) > 0.05
