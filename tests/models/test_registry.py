import pytest

from models import Registry, UnknownNameError


def make_registry() -> Registry:
    registry = Registry("fruit", "models.empty")
    registry._discovered = True

    @registry.register
    def banana() -> None:
        """Yellow."""

    @registry.register
    def apple() -> None:
        """Red.

        Or green.
        """

    return registry


def test_entries_are_sorted_and_described_by_their_docstring() -> None:
    registry = make_registry()

    assert list(registry) == ["apple", "banana"]
    assert registry.description("apple") == "Red.\n\nOr green."
    assert "banana" in registry


def test_an_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown fruit 'aple'; did you mean 'apple'\?"):
        make_registry()["aple"]


def test_a_name_like_no_other_lists_what_is_known() -> None:
    with pytest.raises(UnknownNameError, match="known are: apple, banana"):
        make_registry()["x"]


def test_a_name_is_taken_once() -> None:
    registry = make_registry()

    def apple() -> None:
        """Another."""

    with pytest.raises(ValueError, match="registered twice"):
        registry.register(apple)


def test_an_entry_without_a_description_is_refused() -> None:
    def plum() -> None: ...

    with pytest.raises(ValueError, match="docstring"):
        make_registry().register(plum)


def test_the_nearest_name_is_found_whatever_its_case() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown fruit 'APPLE'; did you mean 'apple'\?"):
        make_registry()["APPLE"]
