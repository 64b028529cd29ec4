"""What is unequal in a comparison of one recipe is said once, and marked in every table."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from service.analysis.leaderboard import leaderboard
from service.analysis.notes import listed, not_applied_in_words, notes
from service.analysis.paired_tests import compare_pairs
from service.analysis.results import ComparisonResults
from service.analysis.tables import named
from service.analysis.verdicts import verdicts

PRETRAINED = {"pretrained": {"name": "in1k", "sha256": "0" * 64}}
HEAD = {
    **PRETRAINED,
    "features": {"seconds": 4.0},
    "not_applied": ["augmentation"],
}
Make = Callable[..., ComparisonResults]


def with_fields(results: ComparisonResults, fields: dict[str, dict[str, Any]]) -> ComparisonResults:
    """The same results, with more fields in those of the networks that are named."""
    runs = tuple(
        replace(run, result={**(run.result or {}), **fields.get(run.architecture, {})})
        for run in results.runs
    )
    return replace(results, runs=runs)


def test_networks_that_had_seen_other_images_are_named_once(make: Make) -> None:
    results = with_fields(make(4, 2), {"network_1": PRETRAINED, "network_3": PRETRAINED})
    rows = leaderboard(results)

    assert notes(rows) == [
        "network_3 (in1k) and network_1 (in1k) had been trained before, on images that were not checked"
        " against these; network_2 and network_0 had not."
    ]
    said = verdicts(compare_pairs(results), rows)
    assert sum(" was pretrained" in sentence for sentence in said) == 4  # of six pairs, the unequal
    assert [named(row) for row in rows] == [
        "network_3 (pretrained)",
        "network_2",
        "network_1 (pretrained)",
        "network_0",
    ]


def test_where_all_or_none_had_seen_other_images_nothing_is_said(make: Make) -> None:
    plain = make(2, 2)
    all_pretrained = with_fields(plain, dict.fromkeys(plain.architectures, PRETRAINED))

    assert notes(leaderboard(plain)) == notes(leaderboard(all_pretrained)) == []
    assert "pretrained" not in " ".join(
        verdicts(compare_pairs(all_pretrained), leaderboard(all_pretrained))
    )


def test_fields_that_do_not_apply_to_a_head_are_named_with_the_reason(make: Make) -> None:
    plain = make(2, 2)
    results = with_fields(plain, {"network_1": HEAD})
    [_, on_recipe] = notes(leaderboard(results))

    assert on_recipe.startswith("Of the recipe, augmentation did not apply to network_1: heads are")
    assert (
        named(leaderboard(results)[0]) == "network_1 (pretrained, head alone, without augmentation)"
    )
    assert not_applied_in_words(results) == "augmentation not applied to heads"
    assert not_applied_in_words(plain) == ""


@pytest.mark.parametrize(
    ("names", "words"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_names_are_listed_as_in_a_sentence(names: list[str], words: str) -> None:
    assert listed(names) == words
