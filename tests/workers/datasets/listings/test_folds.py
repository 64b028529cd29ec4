"""Laws of dividing images into folds, each of which tests once."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.datasets.content import ContentError
from workers.datasets.listings import splits
from workers.datasets.listings.splits import Fold

#: Labels of classes of 2 to 30 images each, in any order.
labels = (
    st.lists(st.integers(2, 30), min_size=1, max_size=12)
    .flatmap(
        lambda sizes: st.permutations([n for n, size in enumerate(sizes) for _ in range(size)])
    )
    .map(np.array)
)
numbers_of_folds = st.integers(2, 20)


@given(labels, numbers_of_folds)
def test_folds_differ_by_at_most_one_image_in_each_class_and_as_a_whole(labels, folds):
    numbers = splits.fold_numbers(labels, folds)

    def spread(tested):
        counts = [int(np.sum(tested == number)) for number in range(1, folds + 1)]
        assert sum(counts) == len(tested)
        return max(counts) - min(counts)

    assert spread(numbers) <= 1
    for label in set(labels.tolist()):
        assert spread(numbers[labels == label]) <= 1


@given(labels, numbers_of_folds)
def test_each_image_tests_once_and_trains_or_validates_otherwise(labels, folds):
    tested = Counter()
    for number in range(1, folds + 1):
        rows = splits.rows_of_fold(labels, Fold(number, folds))
        assert list(rows) == ["train", "validation", "test"]
        everything = np.concatenate(list(rows.values()))
        assert sorted(everything.tolist()) == list(range(len(labels)))
        assert all(np.all(np.diff(found) > 0) for found in rows.values())
        tested.update(rows["test"].tolist())

    assert set(tested.values()) == {1}


@given(labels, numbers_of_folds)
def test_where_it_is_not_refused_every_fold_trains_on_every_class_and_has_all_splits(labels, folds):
    classes = [str(label) for label in range(max(labels) + 1)]
    try:
        splits.refuse_too_few_for_folds(labels, classes, folds)
    except ContentError:
        return

    for number in range(1, folds + 1):
        rows = splits.rows_of_fold(labels, Fold(number, folds))
        assert set(labels[rows["train"]].tolist()) == set(labels.tolist())
        assert all(len(found) for found in rows.values())


@given(labels, numbers_of_folds)
def test_a_tenth_of_what_does_not_test_validates(labels, folds):
    rows = splits.rows_of_fold(labels, Fold(1, folds))

    rest = np.sort(np.concatenate([rows["train"], rows["validation"]]))
    is_held_out = splits.hold_out(labels[rest], 0.1)
    assert np.array_equal(rest[is_held_out], rows["validation"])


def test_folds_never_change_between_versions():
    numbers = splits.fold_numbers(np.arange(20) % 3, 4)

    # A job that resumes after an update must find its fold as before.
    assert numbers.tolist() == [2, 3, 1, 1, 4, 4, 3, 4, 3, 3, 2, 3, 4, 1, 2, 1, 1, 4, 2, 2]


def test_the_images_of_a_fold_are_from_everywhere():
    tested = splits.rows_of_fold(np.zeros(1000, int), Fold(1, 10))["test"]

    assert len(tested) == 100
    assert 400 < tested.mean() < 600


def test_a_class_may_have_fewer_images_than_there_are_folds():
    labels = np.array([0] * 40 + [1] * 3)
    splits.refuse_too_few_for_folds(labels, ["many", "few"], 10)

    counts = [
        int(labels[splits.rows_of_fold(labels, Fold(number, 10))["test"]].sum())
        for number in range(1, 11)
    ]
    assert sorted(counts) == [0] * 7 + [1] * 3


@pytest.mark.parametrize(
    ("labels", "folds", "said"),
    [
        ([0, 0, 0, 0, 1, 2], 2, "a single image of: 'dog', 'owl'"),
        ([0, 0, 1, 1], 5, "5 folds need at least 5 images, and there are 4"),
        ([0, 0, 1, 1], 2, "no validation split can be held out"),
        ([0, 0, 0, 1, 1], 2, "at least one class needs 4"),
    ],
)
def test_too_few_images_are_refused_with_what_is_needed(labels, folds, said):
    with pytest.raises(ContentError, match=said):
        splits.refuse_too_few_for_folds(np.array(labels), ["cat", "dog", "owl"], folds)
