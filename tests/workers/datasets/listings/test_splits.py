"""Laws of holding out images, and of the order in which a prepared file has them."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.datasets.content import ContentError
from workers.datasets.listings import splits
from workers.datasets.listings.listing import SPLITS
from workers.datasets.preparing.assignment import assign

#: How many images each class has; their order is drawn too.
labels = st.lists(st.integers(1, 30), min_size=1, max_size=12).flatmap(
    lambda counts: st.permutations([n for n, count in enumerate(counts) for _ in range(count)])
)
shares = st.floats(0.01, 0.9)


@given(labels, shares)
def test_each_class_is_held_out_within_one_image_of_its_share(
    labels: list[int], share: float
) -> None:
    held_out = splits.hold_out(labels, share)

    counts, held = Counter(labels), Counter(np.array(labels)[held_out].tolist())
    for label, count in counts.items():
        assert abs(held[label] - count * share) < 1
        assert count == 1 or held[label] < count
    if max(counts.values()) > 1:
        assert held.total() >= 1


@given(labels, shares)
def test_the_share_of_all_is_met_where_classes_are_large_enough(
    labels: list[int], share: float
) -> None:
    counts = Counter(labels)
    held_out = splits.hold_out(labels, share)

    most = sum(min(count - 1, int(np.ceil(count * share))) for count in counts.values())
    assert held_out.sum() == min(max(1, round(len(labels) * share)), most)


@given(labels, shares)
def test_holding_out_is_the_same_every_time(labels: list[int], share: float) -> None:
    assert np.array_equal(splits.hold_out(labels, share), splits.hold_out(labels, share))


def test_what_is_held_out_never_changes_between_versions() -> None:
    held_out = splits.hold_out(np.arange(40) % 3, 0.2)

    # A job that resumes after an update must find its dataset split as before.
    assert np.flatnonzero(held_out).tolist() == [4, 8, 10, 15, 16, 24, 32, 36]


def test_images_are_held_out_from_everywhere_and_not_from_the_end() -> None:
    held_out = np.flatnonzero(splits.hold_out(np.zeros(1000, int), 0.1))

    assert len(held_out) == 100
    assert 400 < held_out.mean() < 600


images = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from([None, *SPLITS])), min_size=1, max_size=60
)


@given(images, st.none() | shares)
def test_every_image_is_in_exactly_one_split_and_given_splits_are_kept(
    images: list[tuple[int, str | None]], test_share: float | None
) -> None:
    given_splits = [split for _, split in images]
    try:
        assigned = assign(given_splits, np.array([label for label, _ in images]), test_share)  # type: ignore[arg-type]
    except ContentError:
        return

    assert sorted(assigned.order) == list(range(len(images)))
    assert list(assigned.sizes) == list(SPLITS)
    assert sum(assigned.sizes.values()) == len(images)
    assert min(assigned.sizes.values()) > 0
    ends = np.cumsum(list(assigned.sizes.values()))
    for split, start, end in zip(SPLITS, [0, *ends], ends, strict=False):
        rows = assigned.order[start:end]
        assert sorted(rows) == list(rows)
        for position in rows:
            is_held_out = split != "train" and split not in given_splits
            assert (given_splits[position] or "train") == ("train" if is_held_out else split)


@pytest.mark.parametrize(
    ("given_splits", "test_share", "rule"),
    [
        ([None] * 8, None, "stratified-test20-validation10"),
        ([None] * 8, 0.25, "stratified-test25-validation10"),
        ([None] * 8, 0.125, "stratified-test12.5-validation10"),
        (["train"] * 4 + ["test"] * 4, None, "stratified-validation10"),
        (["train"] * 4 + ["validation"] * 4, None, "stratified-test20"),
        (["train"] * 4 + ["validation"] * 2 + ["test"] * 2, None, "given"),
    ],
)
def test_the_rule_has_a_name(given_splits: list, test_share: float | None, rule: str) -> None:
    assert assign(given_splits, np.arange(8) % 2, test_share).rule == rule


@pytest.mark.parametrize(
    ("given_splits", "test_share", "said"),
    [
        (["train"] * 4 + ["test"] * 4, 0.2, "there is a test split already"),
        (["test"] * 8, None, "the train split has no images"),
        (["validation"] * 4 + ["test"] * 4, None, "the train split has no images"),
    ],
)
def test_splits_that_cannot_be_followed_are_refused(
    given_splits: list, test_share: float | None, said: str
) -> None:
    with pytest.raises(ContentError, match=said):
        assign(given_splits, np.arange(8) % 2, test_share)


def test_single_images_cannot_be_held_out() -> None:
    with pytest.raises(ContentError, match="no test split can be held out"):
        assign([None] * 4, np.arange(4), None)
