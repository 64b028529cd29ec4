"""What cross-validation claims of learners that are alike, and of one that is better."""

import pytest

from benchmarks.error_rates import Rates, Setting, margin_of_error, rates

LEVEL = 0.05


@pytest.fixture(scope="module")
def alike() -> Rates:
    return rates(Setting(comparisons=2000, folds=5))


def test_of_learners_alike_a_difference_is_claimed_in_at_most_five_percent(alike: Rates) -> None:
    # The rate itself is known to ± 0.6 points: the upper end of its 95 % interval is below the level.
    assert alike.found + margin_of_error(alike.found, 2000) <= LEVEL
    assert alike.t_test + margin_of_error(alike.t_test, 2000) <= LEVEL


def test_without_the_correction_it_would_be_claimed_too_often(alike: Rates) -> None:
    for rate in (alike.ordinary_t_test, alike.mcnemar):
        assert rate - margin_of_error(rate, 2000) > LEVEL


@pytest.mark.parametrize("setting", [Setting(1000, folds=10), Setting(1000, seeds=3)])
def test_more_folds_and_more_seeds_do_not_make_false_claims_of_learners_alike(
    setting: Setting,
) -> None:
    found = rates(setting).found

    assert found + margin_of_error(found, setting.comparisons) <= LEVEL


def test_a_clear_difference_is_found() -> None:
    assert rates(Setting(comparisons=200, images=300, lead=1.0)).found >= 0.8
