"""The sentences of a report: findings, and what a reader has to know before trusting them."""

from collections.abc import Callable
from dataclasses import replace

from service.analysis.paired_tests import compare_pairs
from service.analysis.results import ComparisonResults
from service.analysis.summary import sentences

Make = Callable[..., ComparisonResults]


def sentences_of(results: ComparisonResults) -> list[str]:
    return sentences(results, compare_pairs(results))


def test_where_nothing_overfits_that_is_said_with_the_epochs(make: Make) -> None:
    assert "No overfitting could be shown within 5 epochs." in sentences_of(make(epochs=5))


def test_one_seed_is_called_what_it_is(make: Make) -> None:
    assert any("n = 1 seed" in sentence for sentence in sentences_of(make(seeds=1)))
    assert not any("n = 1 seed" in sentence for sentence in sentences_of(make(seeds=2)))


def test_times_of_different_devices_are_not_compared(make: Make) -> None:
    whole = make(architectures=2, seeds=1)
    other = {**(whole.runs[1].result or {}), "device_name": "another processor"}
    runs = (whole.runs[0], replace(whole.runs[1], result=other))
    mixed = ComparisonResults(**{**vars(whole), "runs": runs})

    assert not any("do not compare" in sentence for sentence in sentences_of(whole))
    assert any(
        "a processor (cpu) and another processor" in sentence for sentence in sentences_of(mixed)
    )


def test_n_counts_the_seeds_that_have_a_result(unfinished: ComparisonResults) -> None:
    assert unfinished.n_in_words == "2 to 3 seeds"


def test_missing_trainings_are_said(unfinished: ComparisonResults) -> None:
    assert "2 of 9 trainings have no result." in sentences_of(unfinished)
