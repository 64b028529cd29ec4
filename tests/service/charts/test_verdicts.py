"""Sentences that say what the numbers allow, and no more."""

import re
from collections.abc import Callable

import numpy as np
import pytest

from service.analysis.leaderboard import SortBy, leaderboard
from service.analysis.paired_tests import Finding, statistics
from service.analysis.pareto import on_front
from service.analysis.predictions import Predictions
from service.analysis.results import ComparisonResults, Run
from service.analysis.summary import sentences
from service.analysis.verdicts import p_words, verdicts

IMAGES = 10_000
Rights = Callable[..., ComparisonResults]


@pytest.fixture
def rights(make: Callable[..., ComparisonResults]) -> Rights:
    """Results of two networks of which it is given which images each seed gets right."""

    def build(first: np.ndarray, second: np.ndarray) -> ComparisonResults:
        whole = make(architectures=2, seeds=len(first))
        kept = {}
        for number, correct in enumerate((first, second)):
            for seed, row in enumerate(correct):
                of_true = np.where(row, 0.9, 0.2).astype(np.float32)
                probabilities = np.stack([of_true, 1 - of_true], axis=1)
                labels = np.zeros(len(row), dtype=np.int64)
                kept[f"job-{number}-{seed}"] = Predictions(probabilities, labels)
        return ComparisonResults(**{**vars(whole), "predictions": kept})

    return build


def drawn(share: float, seeds: int = 3, images: int = IMAGES, seed: int = 0) -> np.ndarray:
    return np.random.default_rng([seed, round(1e6 * share)]).random((seeds, images)) < share


def verdict_of(results: ComparisonResults, **options: float) -> str:
    [said] = verdicts(statistics(results, **options), leaderboard(results))
    return said


def test_a_difference_that_holds_is_said_with_its_evidence_and_its_price(rights: Rights) -> None:
    said = verdict_of(rights(drawn(0.975), drawn(0.99)))

    assert said.startswith("network_1 beats network_0 by 1.")
    assert "n = 3 seeds × 10,000 images" in said
    assert re.search(
        r"95 % CI 1\.\d to 1\.\d over images, [01]\.\d to \d\.\d over images and seeds", said
    )
    assert "p < 0.001" in said
    assert "4.0 times as many parameters" in said
    assert "trains 1.1 times slower" in said


def test_a_difference_that_does_not_hold_is_not_claimed(rights: Rights) -> None:
    said = verdict_of(rights(drawn(0.98), drawn(0.9805)), margin=0.0001)

    assert said.startswith("No difference could be shown between")
    assert "beats" not in said
    assert "equivalent" not in said


def test_networks_that_hardly_ever_differ_are_called_equivalent_with_the_margin(
    rights: Rights,
) -> None:
    same = drawn(0.98)
    results = rights(same, same)

    [pair] = statistics(results).pairs
    assert pair.finding == Finding.EQUIVALENT
    assert pair.cohens_g == 0
    assert "equivalent to within 0.5 points" in verdict_of(results)


def test_what_another_seed_could_reverse_is_not_claimed(rights: Rights) -> None:
    lucky = np.stack([drawn(share, 1, seed=s)[0] for s, share in enumerate((0.999, 0.98, 0.975))])
    said = verdict_of(rights(lucky, drawn(0.979)), margin=0.001)

    assert said.startswith("No difference could be shown")
    assert "over images, −" in said  # the interval over seeds too holds zero
    assert "which other seeds could reverse" in said


def test_what_only_many_pairs_put_in_doubt_says_so(rights: Rights) -> None:
    results = rights(drawn(0.975), drawn(0.99))
    [pair] = statistics(results).pairs
    doubtful = pair.model_copy(update={"finding": Finding.NOT_SHOWN, "p": 0.02, "p_adjusted": 0.06})
    tested = statistics(results).model_copy(update={"pairs": [doubtful] * 3})

    said = verdicts(tested, leaderboard(results))[0]

    assert said.startswith("No difference could be shown")
    assert "which may be chance where 3 pairs are tested (this pair alone: p = 0.02)" in said


@pytest.mark.parametrize(
    ("ours", "theirs", "words"),
    [
        (50_186, 70_090, "28 % fewer parameters"),
        (308_650, 4_068_106, "1/13 of the parameters"),
        (120, 100, "20 % more parameters"),
        (163_466, 70_090, "2.3 times as many parameters"),
        (307_978, 308_650, "about as many parameters"),
        (100, 100, "as many parameters"),
    ],
)
def test_a_size_is_said_so_that_it_can_be_imagined(
    rights: Rights, ours: int, theirs: int, words: str
) -> None:
    results = rights(drawn(0.975), drawn(0.99))
    sizes = {"network_1": ours, "network_0": theirs}
    rows = [
        row.model_copy(update={"num_parameters": sizes[row.architecture]})
        for row in leaderboard(results)
    ]

    [said] = verdicts(statistics(results), rows)

    assert f", with {words}, and" in said


def test_with_one_seed_nothing_is_said_of_architectures(rights: Rights) -> None:
    said = verdict_of(rights(drawn(0.9, seeds=1), drawn(0.99, seeds=1)))

    assert "with one seed this is of these two trainings" in said


def test_pairs_without_a_common_seed_are_named_and_not_tested(rights: Rights) -> None:
    results = rights(drawn(0.9), drawn(0.99))
    kept = {key: one for key, one in results.predictions.items() if key.startswith("job-0")}
    without = ComparisonResults(**{**vars(results), "predictions": kept})

    tested = statistics(without)

    assert tested.pairs == []
    assert tested.left_out == ["network_0 and network_1"]
    said = sentences(without, tested)
    assert "network_0 and network_1" in said[-1]
    assert not any("beats" in sentence for sentence in said)


def test_networks_tested_on_other_images_are_not_paired(rights: Rights) -> None:
    results = rights(drawn(0.9), drawn(0.99))
    kept = dict(results.predictions)
    for seed in range(3):
        one = kept[f"job-1-{seed}"]
        kept[f"job-1-{seed}"] = Predictions(one.probabilities, one.labels + 1)

    assert statistics(ComparisonResults(**{**vars(results), "predictions": kept})).pairs == []


def test_of_many_architectures_only_the_pairs_of_the_best_become_sentences(
    make: Callable[..., ComparisonResults],
) -> None:
    results = make(architectures=12, seeds=2)
    tested = statistics(results)

    said = verdicts(tested, leaderboard(results))

    assert len(tested.pairs) == 66
    assert len(said) == 11
    assert all(leaderboard(results)[0].architecture in sentence for sentence in said)


def test_a_p_value_is_never_said_to_be_zero() -> None:
    assert [p_words(p) for p in (0.0, 0.0123, 0.5, 0.999)] == [
        "p < 0.001",
        "p = 0.012",
        "p = 0.5",
        "p = 1",
    ]


@pytest.mark.parametrize("column", list(SortBy))
def test_a_leaderboard_is_sorted_by_any_column_the_best_first(
    make: Callable[..., ComparisonResults], column: SortBy
) -> None:
    rows = leaderboard(make(architectures=4), sort=column)

    assert [row.rank for row in rows] == [1, 2, 3, 4]
    values = [getattr(row, column) for row in rows]
    values = [getattr(value, "mean", value) for value in values]
    best_is_high = column == SortBy.N or column.endswith(("accuracy", "auc", "per_second"))
    assert values == sorted(values, reverse=best_is_high)


def test_what_was_not_measured_comes_last(make: Callable[..., ComparisonResults]) -> None:
    whole = make(architectures=2, seeds=1)
    [first, second] = whole.runs
    older = {key: value for key, value in (first.result or {}).items() if key != "ece"}
    runs = (Run(**{**vars(first), "result": older}), second)

    rows = leaderboard(ComparisonResults(**{**vars(whole), "runs": runs}), sort=SortBy.ECE)

    assert rows[1].ece.mean is None


def test_the_front_holds_what_nothing_beats_in_both() -> None:
    accuracies, costs = [0.9, 0.95, 0.94, 0.95, 0.9], [1, 5, 6, 5, 2]

    assert on_front(accuracies, costs) == [True, True, False, True, False]
