"""How a comparison was tested, in the words of its report: by the test split, or by folds in turn."""

from dataclasses import dataclass

from service.analysis.formats import tested_in_words
from service.analysis.results import ComparisonResults


@dataclass(frozen=True)
class Design:
    """Parts of sentences that the templates fill in."""

    counted: str  # in the head of the report
    n: str  # what n counts
    interval: str  # that of the leaderboard is …
    test: str  # … reported and chose nothing
    between: str  # the name of the test over more than images, and of its column
    chance: str  # what it takes as chance
    method: str  # whole sentences


def design_of(results: ComparisonResults) -> Design:
    """The words for a comparison; NoResultError before the first result."""
    return _by_folds(results) if results.folds else _by_test_split(results)


def _by_test_split(results: ComparisonResults) -> Design:
    return Design(
        counted=f"n = {results.n_in_words} × {results.num_test_images:,} test images",
        n="seeds",
        interval="Student's t for the mean",
        test="The test split is",
        between="with seeds",
        chance="images and seeds both taken as chance",
        method=f"Every architecture saw the same {_images(results, 'train')} train images in the same"
        f" order with the same recipe. {_images(results, 'validation')} images were held out for"
        " validation by a fixed seed.",
    )


def _by_folds(results: ComparisonResults) -> Design:
    tested = tested_in_words(results.num_test_images, len(results.seeds))
    return Design(
        counted=f"n = {results.n_in_words}, {tested}",
        n="trainings, one for each fold and seed",
        interval="that of the corrected resampled t test over folds, seeds averaged in each",
        test="Test folds are",
        between="over folds",
        chance="the corrected resampled t test (Nadeau and Bengio 2003), seeds averaged in each fold",
        method=f"Cross-validation: all images were divided into {results.folds} stratified folds by a"
        " fixed seed. Each fold tested the networks that were trained on the others, of which a tenth"
        " was held out for validation. Every architecture saw the same folds, and in each the same"
        f" train images, about {_images(results, 'train')}, in the same order with the same recipe."
        + (" Other seeds were not tried." if len(results.seeds) == 1 else ""),
    )


def _images(results: ComparisonResults, split: str) -> str:
    return f"{results.any_result[split]['images']:,}"
