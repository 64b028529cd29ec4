"""A contract over the registry: every chart can draw every comparison."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.text import Text
from PIL import Image

from models import Registry
from service.analysis.results import ComparisonResults, NoResultError
from service.charts import charts, make_chart, title_of
from service.charts.drawing import chart as chart_module
from service.charts.drawing import style
from service.charts.drawing.render import render
from service.charts.drawing.themes import BACKGROUND, Theme, apply_theme, contrast

Make = Callable[..., ComparisonResults]
every_chart = pytest.mark.parametrize("name", list(charts))


@every_chart
@pytest.mark.parametrize(
    "size",  # architectures, seeds, epochs, classes, folds
    [
        (1, 1, 1, 2, None),
        (3, 3, 5, 10, None),
        (12, 10, 100, 10, None),
        (2, 2, 3, 100, None),
        (1, 1, 1, 2, 2),
        (3, 2, 5, 10, 5),
    ],
)
def test_a_chart_draws_small_and_large_comparisons(
    name: str, make: Make, size: tuple[int | None, ...]
) -> None:
    chart = make_chart(name, make(*size))

    assert render(chart, "png").startswith(b"\x89PNG")
    assert chart.title
    assert chart.note or any(panel.series or panel.matrices for panel in chart.panels)
    assert size[0] == 1 or not chart.note


@every_chart
def test_a_chart_copes_with_jobs_that_wait_or_have_failed(
    name: str, unfinished: ComparisonResults
) -> None:
    chart = make_chart(name, unfinished)

    assert render(chart, "svg").startswith(b"<?xml")
    assert json.loads(render(chart, "json"))


@every_chart
def test_a_chart_copes_with_folds_that_have_not_ended(name: str, make: Make) -> None:
    whole = make(architectures=3, seeds=2, folds=5)
    runs = [replace(run, result=None) if run.fold in {2, 5} else run for run in whole.runs[2:]]
    ended = {run.job_id for run in runs if run.result}
    kept = {job: known for job, known in whole.predictions.items() if job in ended}
    chart = make_chart(name, replace(whole, runs=tuple(runs), predictions=kept))

    assert render(chart, "svg").startswith(b"<?xml")
    assert "n = 5 folds × 2 seeds (5 to 6 of 10 trained)" in chart.footer


@every_chart
def test_the_same_results_give_the_same_bytes(name: str, make: Make) -> None:
    first, again = (render(make_chart(name, replace(make())), "svg") for _ in range(2))

    assert first == again


def test_a_chart_says_where_scores_are_of_averaged_weights_or_of_mirrored_images_too(
    make: Make,
) -> None:
    results = make()
    recipe = {**results.recipe, "ema_decay": 0.99, "test_flips": True}

    footer = make_chart("accuracy", replace(results, recipe=recipe)).footer

    assert "averaged weights (EMA 0.99), test-time flips" in footer
    assert "averaged" not in make_chart("accuracy", results).footer


@every_chart
def test_every_chart_states_its_evidence(name: str, make: Make) -> None:
    footer = make_chart(name, make(seeds=3)).figure().get_supxlabel()
    of_folds = make_chart(name, make(seeds=2, folds=5)).footer

    for evidence in ("n = 3 seeds", "digits", "recipe 0123456789", "a processor"):
        assert evidence in footer
    assert "n = 5 folds × 2 seeds" in of_folds


@every_chart
def test_a_chart_can_be_drawn_dark_and_at_any_width(name: str, make: Make) -> None:
    chart = make_chart(name, make(architectures=9, seeds=2))
    png = render(chart, "png", theme=Theme.DARK, width=600)

    picture = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")) / 255
    assert picture.shape[1] == 600
    assert tuple(picture[0, 0]) == pytest.approx(to_rgb(BACKGROUND), abs=0.01)
    figure = chart.figure()
    apply_theme(figure, Theme.DARK)
    texts = [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]
    cells = [text for axes in figure.axes if axes.images for text in axes.texts]
    for text in texts:
        if text not in cells:  # those stand on shades of their own
            assert contrast(text.get_color(), BACKGROUND) >= 4.5, text.get_text()


@every_chart
def test_a_chart_has_a_title_and_a_description(name: str) -> None:
    assert title_of(name)
    assert len(charts.description(name).partition("\n\n")[2]) > 40


@every_chart
@pytest.mark.parametrize("folds", [None, 5])
def test_nothing_is_drawn_outside_the_picture(name: str, make: Make, folds: int | None) -> None:
    figure = make_chart(name, make(architectures=5, folds=folds)).figure()
    figure.draw_without_rendering()
    inked = figure.get_tightbbox()

    width, height = figure.get_size_inches()
    assert inked.x0 >= 0
    assert inked.y0 >= 0
    assert inked.x1 <= width
    assert inked.y1 <= height


def test_the_example_of_a_new_chart_in_the_docs_works(make: Make) -> None:
    page = (Path(__file__).parents[3] / "docs" / "charts.md").read_text()
    example = page.partition("```python\n")[2].partition("```")[0]
    names = {**vars(chart_module), **vars(style), "ComparisonResults": ComparisonResults}
    own: Registry[Any] = Registry("chart", "")  # a registry of its own: the real one stays as it is
    exec(example, {**names, "charts": own})  # noqa: S102 - our own

    [drawn] = [function(make()) for function in own._entries.values()]
    assert render(drawn, "png")
    assert drawn.data["panels"][0]["series"]


def test_without_any_result_there_is_no_chart(make: Make) -> None:
    nothing = replace(make(architectures=1, seeds=1), runs=())

    for name in charts:
        with pytest.raises(NoResultError, match="no job of this comparison has succeeded"):
            make_chart(name, nothing)
