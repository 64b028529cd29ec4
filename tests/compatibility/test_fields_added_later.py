"""What is added to recipes and options leaves what was stored as it was."""

import dataclasses
import inspect
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from models import Bounds, ImageShape, architectures
from service.requests import architecture_options, comparisons
from service.requests.architecture_options import options_form, validate_options
from workers.training.recipe import NewerRecipeError, Recipe


@dataclass(frozen=True, kw_only=True)
class LaterRecipe(Recipe):
    """Recipes of a version to come."""

    mixup: Annotated[float, Bounds("strength of mixup", 0, 1, omitted_at_default=True)] = 0.0
    warmup: Annotated[int, Bounds("epochs", 0, 100, omitted_at_default=True)] = 5


recipes = st.builds(
    Recipe,
    epochs=st.integers(1, 1000),
    optimizer=st.sampled_from(["adam", "adamw", "sgd"]),
    learning_rate=st.floats(1e-8, 10),
    precision=st.sampled_from(["auto", "float32", "bfloat16"]),
)


@given(recipes)
def test_a_stored_recipe_has_the_same_hash_in_a_later_version(recipe: Recipe) -> None:
    later = LaterRecipe.from_stored(recipe.as_stored())

    assert later.hash == recipe.hash
    assert later.as_stored() == recipe.as_stored()


@given(recipes, st.floats(0, 1, exclude_min=True), st.integers(0, 100))
def test_another_value_of_a_later_field_is_stored_and_hashed(
    recipe: Recipe, mixup: float, warmup: int
) -> None:
    later = LaterRecipe(**vars(recipe), mixup=mixup, warmup=warmup)

    assert later.hash != recipe.hash
    assert LaterRecipe.from_stored(later.as_stored()) == later
    assert dataclasses.replace(later, mixup=0.0).as_stored().keys() == recipe.as_stored().keys() | (
        {"warmup"} if warmup != 5 else set()
    )


def test_a_recipe_of_a_newer_version_is_refused_by_name() -> None:
    with pytest.raises(NewerRecipeError, match="the field 'mixup', which a newer version stored"):
        Recipe.from_stored(LaterRecipe(mixup=0.5).as_stored())


def test_the_fingerprint_of_a_request_is_the_same_in_a_later_version() -> None:
    body = comparisons.NewComparison(dataset="digits", architectures=["cnn"])
    before = body.model_dump_json()
    body.recipe = LaterRecipe()

    assert body.model_dump_json() == before
    assert json.loads(before)["recipe"] == Recipe().as_stored()


@pytest.fixture
def _later_cnn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The architecture cnn of a version to come, with one option more."""
    original = architectures["cnn"]

    def cnn(
        image_shape: ImageShape,
        num_classes: int,
        *,
        channels: Annotated[tuple[int, int], Bounds("of both convolutions")] = (32, 64),
        dropout: Annotated[float, Bounds("share", 0, 0.9)] = 0.0,
        strides: Annotated[tuple[int, int], Bounds("steps", omitted_at_default=True)] = (1, 1),
    ) -> nn.Module:
        """A CNN with strides."""
        del strides
        return original(image_shape, num_classes, channels=channels, dropout=dropout)

    monkeypatch.setitem(architectures._entries, "cnn", cnn)


@pytest.mark.usefixtures("_later_cnn")
def test_options_are_stored_as_they_were_before_one_was_added(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    later = [
        validate_options("cnn", asked) for asked in ({}, {"dropout": 0.5}, {"strides": [1, 1]})
    ]
    monkeypatch.undo()

    assert later == [validate_options("cnn", asked) for asked in ({}, {"dropout": 0.5}, {})]


@pytest.mark.usefixtures("_later_cnn")
def test_another_value_of_a_later_option_is_stored() -> None:
    assert validate_options("cnn", {"strides": [2, 1]})["strides"] == [2, 1]
    assert "strides" in architecture_options.options_schema("cnn")["properties"]


def test_what_an_earlier_version_did_not_have_is_omitted_at_its_default(frozen: Path) -> None:
    new = "mark what is new omitted_at_default"
    assert stored_at_default(Recipe) <= defaults_of_recipe(frozen).keys(), new
    for name, defaults in options_of(frozen).items():
        assert stored_at_default(architectures[name]) <= defaults.keys(), new


def test_a_default_is_what_it_was_in_an_earlier_version(frozen: Path) -> None:
    """What is omitted at its default would mean something else; a request would too."""
    recipe = dataclasses.asdict(Recipe())
    assert {name: recipe[name] for name in defaults_of_recipe(frozen)} == defaults_of_recipe(frozen)
    for name, defaults in options_of(frozen).items():
        form = options_form(name)().model_dump(mode="json")
        assert {option: form[option] for option in defaults} == defaults


def defaults_of_recipe(frozen: Path) -> dict[str, Any]:
    defaults: dict[str, Any] = json.loads((frozen / "made.json").read_text())["recipe_defaults"]
    return defaults


def options_of(frozen: Path) -> dict[str, dict[str, Any]]:
    """The options of every architecture of an earlier version, with their defaults."""
    listed = json.loads((frozen / "answers.json").read_text())["/v1/architectures"]["items"]
    return {
        architecture["name"]: {
            name: option["default"]
            for name, option in architecture["options"].get("properties", {}).items()
        }
        for architecture in listed
    }


def stored_at_default(function: Any) -> set[str]:
    """The options that are stored whatever their value."""
    return {
        name
        for name, option in inspect.signature(function).parameters.items()
        if option.kind is inspect.Parameter.KEYWORD_ONLY
        and not any(item.omitted_at_default for item in option.annotation.__metadata__)
    }
