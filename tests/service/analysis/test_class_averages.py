"""Averages over classes agree with scikit-learn, and leave out the classes without test images."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import balanced_accuracy_score, confusion_matrix, f1_score

from service.analysis.class_averages import balanced_accuracy, macro_f1

CLASSES = 5
pairs = st.tuples(st.integers(0, CLASSES - 1), st.integers(0, CLASSES - 1))


@given(st.lists(pairs, min_size=1, max_size=60))
@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true")
@pytest.mark.filterwarnings("ignore:A single label was found")
def test_they_are_those_of_scikit_learn_over_the_classes_that_have_images(
    judged: list[tuple[int, int]],
) -> None:
    labels, predicted = np.array(judged).T
    counts = confusion_matrix(labels, predicted, labels=range(CLASSES)).tolist()

    assert balanced_accuracy(counts) == pytest.approx(balanced_accuracy_score(labels, predicted))
    f1 = f1_score(labels, predicted, labels=np.unique(labels), average="macro", zero_division=0)
    assert macro_f1(counts) == pytest.approx(f1)


def test_a_class_without_images_is_no_class_that_is_never_found() -> None:
    counts = [[8, 2, 0], [0, 10, 0], [0, 0, 0]]

    assert balanced_accuracy(counts) == pytest.approx((0.8 + 1.0) / 2)
    assert macro_f1(counts) == pytest.approx((16 / 18 + 20 / 22) / 2)
