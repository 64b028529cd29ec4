"""A recipe is known by its hash."""

from workers.training.recipe import Recipe


def test_equal_recipes_have_equal_hashes_and_others_have_others() -> None:
    assert Recipe().hash == Recipe(epochs=5).hash
    assert len({Recipe(epochs=n).hash for n in range(1, 50)}) == 49
    assert len(Recipe().hash) == 10
