"""Verdicts: sentences that claim what the numbers allow, and no more."""

import re
from collections.abc import Callable

import numpy as np
import pytest

from service.analysis.leaderboard import leaderboard
from service.analysis.pair_statistics import Finding
from service.analysis.paired_tests import compare_pairs
from service.analysis.predictions import Predictions
from service.analysis.results import ComparisonResults
from service.analysis.summary import sentences
from service.analysis.verdicts import verdicts

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
    [sentence] = verdicts(compare_pairs(results, **options), leaderboard(results))
    return sentence


def test_a_difference_that_holds_is_said_with_its_evidence_and_its_price(rights: Rights) -> None:
    sentence = verdict_of(rights(drawn(0.975), drawn(0.99)))

    assert sentence.startswith("network_1 beats network_0 by 1.")
    assert "n = 3 seeds × 10,000 images" in sentence
    assert re.search(
        r"95 % CI 1\.\d to 1\.\d over images, [01]\.\d to \d\.\d over images and seeds", sentence
    )
    assert "p < 0.001" in sentence
    assert "4.0 times as many parameters" in sentence
    assert "trains 1.1 times slower" in sentence


def test_a_difference_that_does_not_hold_is_not_claimed(rights: Rights) -> None:
    sentence = verdict_of(rights(drawn(0.98), drawn(0.9805)), margin=0.0001)

    assert sentence.startswith("No difference could be shown between")
    assert "beats" not in sentence
    assert "equivalent" not in sentence


def test_networks_that_hardly_ever_differ_are_called_equivalent_with_the_margin(
    rights: Rights,
) -> None:
    same = drawn(0.98)
    results = rights(same, same)

    [pair] = compare_pairs(results).pairs
    assert pair.finding == Finding.EQUIVALENT
    assert pair.cohens_g == 0
    assert "equivalent to within 0.5 points" in verdict_of(results)


def test_what_another_seed_could_reverse_is_not_claimed(rights: Rights) -> None:
    lucky = np.stack([drawn(share, 1, seed=s)[0] for s, share in enumerate((0.999, 0.98, 0.975))])
    sentence = verdict_of(rights(lucky, drawn(0.979)), margin=0.001)

    assert sentence.startswith("No difference could be shown")
    assert "over images, −" in sentence  # the interval over seeds too holds zero
    assert "which other seeds could reverse" in sentence


def test_what_only_many_pairs_put_in_doubt_says_so(rights: Rights) -> None:
    results = rights(drawn(0.975), drawn(0.99))
    [pair] = compare_pairs(results).pairs
    doubtful = pair.model_copy(update={"finding": Finding.NOT_SHOWN, "p": 0.02, "p_adjusted": 0.06})
    tested = compare_pairs(results).model_copy(update={"pairs": [doubtful] * 3})

    sentence = verdicts(tested, leaderboard(results))[0]

    assert sentence.startswith("No difference could be shown")
    assert "which may be chance where 3 pairs are tested (this pair alone: p = 0.02)" in sentence


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

    [sentence] = verdicts(compare_pairs(results), rows)

    assert f", with {words}, and" in sentence


def test_with_one_seed_nothing_is_said_of_architectures(rights: Rights) -> None:
    sentence = verdict_of(rights(drawn(0.9, seeds=1), drawn(0.99, seeds=1)))

    assert "with one seed this is of these two trainings" in sentence


def test_pairs_without_a_common_seed_are_named_and_not_tested(rights: Rights) -> None:
    results = rights(drawn(0.9), drawn(0.99))
    kept = {key: known for key, known in results.predictions.items() if key.startswith("job-0")}
    without = ComparisonResults(**{**vars(results), "predictions": kept})

    tested = compare_pairs(without)

    assert tested.pairs == []
    assert tested.left_out == ["network_0 and network_1"]
    shown = sentences(without, tested)
    assert "network_0 and network_1" in shown[-1]
    assert not any("beats" in sentence for sentence in shown)


def test_networks_tested_on_other_images_are_not_paired(rights: Rights) -> None:
    results = rights(drawn(0.9), drawn(0.99))
    kept = dict(results.predictions)
    for seed in range(3):
        same = kept[f"job-1-{seed}"]
        kept[f"job-1-{seed}"] = Predictions(same.probabilities, same.labels + 1)

    assert compare_pairs(ComparisonResults(**{**vars(results), "predictions": kept})).pairs == []


def test_of_many_architectures_only_the_pairs_of_the_best_become_sentences(
    make: Callable[..., ComparisonResults],
) -> None:
    results = make(architectures=12, seeds=2)
    tested = compare_pairs(results)

    shown = verdicts(tested, leaderboard(results))

    assert len(tested.pairs) == 66
    assert len(shown) == 11
    assert all(leaderboard(results)[0].architecture in sentence for sentence in shown)
