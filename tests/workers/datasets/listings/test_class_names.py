"""Class names: one name for one class, numbers by value, and nothing that cannot be shown."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.datasets.content import ContentError
from workers.datasets.listings.class_names import normalise, ordered_classes


@given(st.sets(st.integers(-1000, 1000), min_size=1, max_size=50))
def test_numbers_are_in_numeric_order(numbers: set[int]) -> None:
    assert ordered_classes(map(str, numbers)) == tuple(map(str, sorted(numbers)))


@pytest.mark.parametrize(
    "names", [("10", "9", "a"), ("1.5", "10"), ("²", "10"), ("\u0663", "\u0661\u0660")]
)
def test_other_names_are_in_the_order_of_text(names: tuple[str, ...]) -> None:
    assert ordered_classes(names) == tuple(sorted(names))


@given(st.text(min_size=1, max_size=20))
def test_every_form_of_unicode_that_means_the_same_is_one_name(name: str) -> None:
    assert normalise(unicodedata.normalize("NFD", name)) == normalise(
        unicodedata.normalize("NFC", name)
    )


@pytest.mark.parametrize(
    "names", [("cat", "Cat"), ("straße", "STRASSE"), ("ﬁsh", "fish"), ("①", "1")]
)
def test_names_that_nearly_agree_are_refused_and_both_are_shown(names: tuple[str, str]) -> None:
    with pytest.raises(ContentError) as refused:
        ordered_classes(names)

    assert all(repr(name) in str(refused.value) for name in names)


@pytest.mark.parametrize("name", ["", "a\0b", "a\nb", "\x85", "\u2028", "\ud800", "a" * 201])
def test_what_cannot_be_shown_or_stored_is_no_name(name: str) -> None:
    with pytest.raises(ContentError, match="cannot be the name of a class"):
        ordered_classes([name, "other"])


def test_more_than_a_thousand_classes_are_refused() -> None:
    assert len(ordered_classes(map(str, range(1000)))) == 1000
    with pytest.raises(ContentError, match=r"1,001 classes; at most 1000"):
        ordered_classes(map(str, range(1001)))
