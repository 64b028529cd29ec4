"""A comparison by folds: what is pooled, what is matched, and what is counted and said of it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from service.analysis.confusion import confusion_counts
from service.analysis.failures import ensemble_predictions, failures
from service.analysis.leaderboard import leaderboard
from service.analysis.paired_tests import compare_pairs
from service.analysis.results import ComparisonResults, Run
from service.analysis.summary import sentences
from service.analysis.verdicts import verdicts

Make = Callable[..., ComparisonResults]


def without(results: ComparisonResults, has_gone: Callable[[Run], object]) -> ComparisonResults:
    """The same comparison while some of its jobs are still running."""
    runs = [
        replace(run, result=None, status="running") if has_gone(run) else run
        for run in results.runs
    ]
    ended = {run.job_id for run in runs if run.result}
    kept = {job: known for job, known in results.predictions.items() if job in ended}
    return replace(results, runs=tuple(runs), predictions=kept)


def test_a_pair_is_tested_fold_by_fold_with_seeds_averaged(make: Make) -> None:
    results = make(architectures=2, seeds=2, folds=5)
    [pair] = compare_pairs(results).pairs

    ours, theirs = (results.predictions_of(name) for name in (pair.better, pair.worse))
    differences = [
        np.mean([ours[s, f].correct.mean() - theirs[s, f].correct.mean() for s in (0, 1)])
        for f in range(1, 6)
    ]
    flip = 5 / 300**2
    error = np.sqrt((1 / 5 + 1 / (4 * 0.9)) * (np.var(differences, ddof=1) + flip))
    expected = 2 * stats.t.sf(np.mean(differences) / error, 4)
    assert (pair.seeds, pair.folds, pair.trainings, pair.images) == (
        [0, 1],
        [1, 2, 3, 4, 5],
        10,
        300,
    )
    assert pair.difference == pytest.approx(np.mean(differences))
    assert pair.p_with_seeds == pytest.approx(expected, rel=1e-6)
    assert pair.p == max(pair.mcnemar_p, pair.p_with_seeds)


def test_mcnemar_counts_every_image_once_for_each_seed(make: Make) -> None:
    by_folds, whole = make(architectures=2, seeds=2, folds=5), make(architectures=2, seeds=2)

    # The predictions of the fixture are the same; with folds they are cut into parts.
    assert compare_pairs(by_folds).pairs[0].mcnemar == compare_pairs(whole).pairs[0].mcnemar


def test_only_the_seeds_and_folds_that_both_have_are_compared(make: Make) -> None:
    results = without(
        make(architectures=2, seeds=2, folds=5),
        lambda run: (
            run.fold == 5
            or (run.architecture == "network_0" and (run.seed, run.fold) == (1, 2))
            or (run.architecture == "network_1" and (run.seed, run.fold) == (0, 3))
        ),
    )
    [pair] = compare_pairs(results).pairs

    assert (pair.folds, pair.trainings, pair.images) == ([1, 2, 3, 4], 6, 240)
    assert "n = 6 trainings of each on 4 of 5 folds with 2 seeds, 240 images" in said(results)


def test_folds_that_were_divided_otherwise_are_not_matched(make: Make) -> None:
    results = make(architectures=2, seeds=1, folds=5)
    shifted = {
        job: replace(known, labels=known.labels + (job == "job-1-0-3"))
        for job, known in results.predictions.items()
    }

    [pair] = compare_pairs(replace(results, predictions=shifted)).pairs
    assert pair.folds == [1, 2, 4, 5]


def test_a_single_common_fold_shows_no_spread_and_is_not_tested(make: Make) -> None:
    results = without(make(architectures=2, seeds=2, folds=5), lambda run: run.fold != 2)
    tested = compare_pairs(results)

    assert (tested.pairs, tested.left_out) == ([], ["network_0 and network_1"])
    shown = sentences(results, tested)
    assert "Not tested, for want of two common folds whose predictions are kept" in " ".join(shown)
    assert any(sentence.startswith("With a single fold no spread is known") for sentence in shown)
    assert not any("seed" in sentence for sentence in shown)


def said(results: ComparisonResults) -> str:
    [sentence] = verdicts(compare_pairs(results), leaderboard(results))
    return sentence


@pytest.mark.parametrize(
    ("seeds", "counted"),
    [
        (1, "n = 5 folds × 1 seed, 300 images, each tested once)"),
        (2, "n = 5 folds × 2 seeds, 300 images, each tested once by each seed)"),
    ],
)
def test_a_verdict_counts_the_folds_and_speaks_of_no_other_seeds(
    make: Make, seeds: int, counted: str
) -> None:
    sentence = said(make(architectures=2, seeds=seeds, folds=5))

    assert counted in sentence
    assert "over images, " in sentence
    assert "over folds, p" in sentence
    assert "images and seeds" not in sentence
    assert "these two trainings" not in sentence


def test_what_other_folds_could_reverse_is_said_so(make: Make) -> None:
    results = make(architectures=2, seeds=1, folds=5)
    tested = compare_pairs(results)
    doubtful = tested.pairs[0].model_copy(
        update={"finding": "no difference shown", "low": 0.01, "low_with_seeds": -0.01}
    )

    [sentence] = verdicts(tested.model_copy(update={"pairs": [doubtful]}), leaderboard(results))

    assert "which other folds could reverse" in sentence


def test_the_leaderboard_averages_over_trainings_with_the_corrected_interval(make: Make) -> None:
    results = make(architectures=1, seeds=2, folds=5)
    [row] = leaderboard(results)

    accuracies = np.array(
        [[run.result["test"]["accuracy"] for run in results.runs if run.seed == s] for s in (0, 1)]
    )
    variance = (1 / 5 + 1 / (4 * 0.9)) * accuracies.mean(axis=0).var(ddof=1)
    half = stats.t.ppf(0.975, 4) * np.sqrt(variance)
    found = row.test_accuracy
    assert (row.n, row.folds, found.n) == (10, 5, 10)
    assert found.mean == pytest.approx(accuracies.mean())
    assert found.std == pytest.approx(accuracies.std(ddof=1))
    assert (found.low, found.high) == pytest.approx(
        (accuracies.mean() - half, accuracies.mean() + half)
    )


def test_the_leaderboard_names_the_fold_of_the_model_to_serve(make: Make) -> None:
    results = make(architectures=1, seeds=2, folds=5)
    [row] = leaderboard(results)
    [without_folds] = leaderboard(make(architectures=1))

    [best] = [run for run in results.runs if run.model_id == row.best_model_id]
    assert row.best_model_fold == best.fold
    assert (without_folds.folds, without_folds.best_model_fold) == (None, None)


def test_one_fold_of_several_seeds_has_a_spread_and_no_interval(make: Make) -> None:
    results = without(make(architectures=1, seeds=3, folds=5), lambda run: run.fold != 1)
    [row] = leaderboard(results)

    assert (row.n, row.folds) == (3, 1)
    assert row.test_accuracy.std is not None
    assert row.test_accuracy.interval is None


def test_a_confusion_matrix_holds_the_images_of_all_folds_once(make: Make) -> None:
    results = make(architectures=1, seeds=2, folds=5)
    counts = confusion_counts(results, "network_0")

    of_all = np.sum([run.result["confusion_matrix"] for run in results.runs], axis=0)
    assert counts == pytest.approx(of_all / 2)


def test_a_fold_that_one_seed_lacks_counts_by_the_other_in_the_confusion_matrix(make: Make) -> None:
    results = without(
        make(architectures=1, seeds=2, folds=2), lambda run: (run.seed, run.fold) == (1, 2)
    )
    first, second, third = (
        np.array(run.result["confusion_matrix"]) for run in results.runs if run.result
    )

    # Seed 0 of both folds, and seed 1 of the first.
    assert confusion_counts(results, "network_0") == pytest.approx((first + third) / 2 + second)


def test_images_are_judged_by_the_seeds_of_which_all_folds_have_ended(make: Make) -> None:
    whole = make(architectures=2, seeds=2, folds=5)
    some = without(whole, lambda run: run.seed == 1 and run.fold == 2)
    none = without(whole, lambda run: run.architecture == "network_0" and run.fold == 4)

    of_seed = make(architectures=2, seeds=1)  # the same images, not cut into folds
    assert np.array_equal(
        ensemble_predictions(some)["network_0"].probability,
        ensemble_predictions(of_seed)["network_0"].probability,
    )
    assert list(ensemble_predictions(none)) == ["network_1"]
    assert [found.confidently_wrong != [] for found in failures(none)] == [False, True]


@pytest.mark.parametrize(
    ("seeds", "gone", "words"),
    [
        (1, (), "5 folds × 1 seed"),
        (2, (), "5 folds × 2 seeds"),
        (
            2,
            (("network_0", 0, 3), ("network_0", 1, 3)),
            "5 folds × 2 seeds (8 to 10 of 10 trained)",
        ),
    ],
)
def test_n_counts_folds_and_seeds(
    make: Make, seeds: int, gone: tuple[tuple[str, int, int], ...], words: str
) -> None:
    results = make(architectures=2, seeds=seeds, folds=5)

    ended = without(results, lambda run: (run.architecture, run.seed, run.fold) in gone)
    assert ended.n_in_words == words


def test_a_single_job_of_a_cross_validation_names_its_fold(make: Make) -> None:
    results = make(architectures=1, seeds=1, folds=5)
    alone = replace(results, folds=None, runs=results.runs[1:2])

    assert alone.n_in_words == "1 seed, fold 2"
    assert alone.runs[0].name == "network_0, seed 0, fold 2"
    assert leaderboard(alone)[0].n == 1


def test_test_images_are_counted_once_however_many_seeds_there_are(make: Make) -> None:
    by_folds = make(architectures=2, seeds=2, folds=5)

    assert by_folds.num_test_images == 5 * 1000  # each of the fixture's test splits has 1,000
    assert make().num_test_images == 1000
