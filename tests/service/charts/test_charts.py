"""A contract over the registry: every chart can draw every comparison."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.text import Text
from PIL import Image

from service.analysis.results import ComparisonResults, IncomparableError, no_images
from service.charts import charts
from service.charts.drawing.render import numbers, render, title_of
from service.charts.drawing.style import COLOURS, look, spread, within
from service.charts.drawing.themes import GROUND, Theme, contrast

Make = Callable[..., ComparisonResults]
every_chart = pytest.mark.parametrize("name", list(charts))


@every_chart
@pytest.mark.parametrize(
    ("architectures", "seeds", "epochs", "classes"),
    [(1, 1, 1, 2), (3, 3, 5, 10), (12, 10, 100, 10), (2, 2, 3, 100)],
)
def test_a_chart_draws_small_and_large_comparisons(
    name: str, make: Make, architectures: int, seeds: int, epochs: int, classes: int
) -> None:
    figure = charts[name](make(architectures, seeds, epochs, classes))

    assert render(figure, "png").startswith(b"\x89PNG")
    assert figure.get_suptitle()
    drawn = json.loads(render(figure, "json"))
    assert drawn.get("note") or any(
        panel["series"] or panel.get("matrices") for panel in drawn["panels"]
    )
    assert architectures == 1 or "note" not in drawn


@every_chart
def test_a_chart_copes_with_jobs_that_wait_or_have_failed(
    name: str, unfinished: ComparisonResults
) -> None:
    assert render(charts[name](unfinished), "svg").startswith(b"<?xml")


@every_chart
def test_the_same_results_give_the_same_bytes(name: str, make: Make) -> None:
    first, again = (render(charts[name](replace(make())), "svg") for _ in range(2))

    assert first == again


def test_nor_does_a_png_say_when_it_was_drawn(make: Make) -> None:
    first, again = (render(charts["accuracy"](make()), "png") for _ in range(2))

    assert first == again


@every_chart
def test_every_chart_says_what_its_numbers_rest_on(name: str, make: Make) -> None:
    footer = charts[name](make(seeds=3)).get_supxlabel()

    for evidence in ("n = 3 seeds", "digits", "recipe 0123456789", "a processor"):
        assert evidence in footer


@every_chart
def test_a_chart_can_stand_on_dark_ground_at_any_width(name: str, make: Make) -> None:
    figure = charts[name](make(architectures=9, seeds=2))
    png = render(figure, "png", theme=Theme.DARK, width=600)

    picture = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")) / 255
    assert picture.shape[1] == 600
    assert tuple(picture[0, 0]) == pytest.approx(to_rgb(GROUND), abs=0.01)
    texts = [one for one in figure.findobj(Text) if one.get_text() and one.get_visible()]
    cells = [one for axes in figure.axes if axes.images for one in axes.texts]
    for text in texts:
        if text not in cells:  # those stand on shades of their own
            assert contrast(text.get_color(), GROUND) >= 4.5, text.get_text()


def test_no_mark_is_lost_on_dark_ground(make: Make) -> None:
    for name in ("parameters_against_accuracy", "inference_latency"):
        figure = charts[name](make(architectures=9))  # black is among their colours
        render(figure, "png", theme=Theme.DARK)
        for line in figure.findobj(Line2D):
            if line.get_marker() not in {"None", "", None}:
                assert contrast(line.get_markerfacecolor(), GROUND) >= 4.5, line.get_label()


def test_an_svg_is_as_wide_as_asked(make: Make) -> None:
    root = ET.fromstring(render(charts["accuracy"](make()), "svg", width=777))  # noqa: S314 - our own

    assert root.get("width") == "777"
    _, _, wide, high = map(float, str(root.get("viewBox")).split())
    assert float(str(root.get("height"))) == pytest.approx(777 * high / wide, abs=1)


def test_pictures_that_are_gone_leave_their_words(make: Make) -> None:
    whole = make()
    blind = ComparisonResults(**{**vars(whole), "test_images": no_images})
    figure = charts["confidently_wrong"](blind)

    assert not any(axes.images for axes in figure.axes)
    assert any("→" in text.get_text() for axes in figure.axes for text in axes.texts)


@every_chart
def test_a_chart_has_a_title_and_a_description(name: str) -> None:
    assert title_of(name)
    assert len(charts.description(name).partition("\n\n")[2]) > 40


@every_chart
def test_nothing_is_drawn_outside_the_picture(name: str, make: Make) -> None:
    figure = charts[name](make(architectures=5))
    render(figure, "png")
    inked = figure.get_tightbbox()

    width, height = figure.get_size_inches()
    assert inked.x0 >= 0
    assert inked.y0 >= 0
    assert inked.x1 <= width
    assert inked.y1 <= height


def test_long_names_of_classes_leave_room_for_the_titles(make: Make) -> None:
    whole = make(architectures=3)
    long = [{"name": f"something long {n}"} for n in range(10)]
    runs = tuple(
        replace(run, result={**(run.result or {}), "per_class": long}) for run in whole.runs
    )
    figure = charts["confusion_matrices"](replace(whole, runs=runs))
    figure.suptitle("")  # as the report draws it
    render(figure, "png")

    high = figure.get_figheight() * figure.dpi
    for axes in figure.axes:
        assert axes._left_title.get_window_extent().y1 <= high
        below = axes.xaxis.label.get_window_extent().y0
        assert below >= figure._supxlabel.get_window_extent().y1


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("differences", "no two networks"),
        ("confidently_wrong", "no predictions"),
        ("only_one_right", "no predictions"),
        ("reliability", "no training has kept its calibration"),
        ("update_ratios", "no training has kept this number"),
    ],
)
def test_where_there_is_nothing_to_draw_a_chart_says_why(make: Make, name: str, why: str) -> None:
    whole = make(architectures=2)
    older = tuple(
        replace(
            run,
            epochs={key: of for key, of in run.epochs.items() if "update_ratio/" not in key},
            result={key: of for key, of in (run.result or {}).items() if key != "ece"},
        )
        for run in whole.runs
    )
    figure = charts[name](replace(whole, runs=older, predictions={}))

    assert why in numbers(figure)["note"]
    assert render(figure, "png")


def test_one_network_alone_is_set_beside_no_other(make: Make) -> None:
    for name in ("differences", "only_one_right"):
        assert "no" in numbers(charts[name](make(architectures=1)))["note"]


def test_on_either_ground_the_last_epoch_stands_out_most(make: Make) -> None:
    for theme in Theme:
        figure = charts["gradient_flow"](make(architectures=1))
        render(figure, "png", theme=theme)
        lines = figure.axes[0].lines
        assert len({to_rgb(line.get_color()) for line in lines}) == 1
        opacities = [line.get_alpha() for line in lines]
        assert opacities == sorted(opacities)
        assert opacities[-1] == 1


def test_bars_without_an_edge_have_none_on_dark_ground(make: Make) -> None:
    figure = charts["training_time"](make())
    render(figure, "png", theme=Theme.DARK)

    assert all(bar.get_edgecolor()[3] == 0 for bar in figure.axes[0].patches)


def test_the_strongest_cells_of_a_matrix_are_numbered_in_white(make: Make) -> None:
    colours = {
        text.get_color()
        for axes in charts["confusion_matrices"](make()).axes
        for text in axes.texts
    }

    assert "white" in colours
    assert len(colours) == 2


def test_an_svg_is_well_formed_and_loads_nothing(make: Make) -> None:
    content = render(charts["learning_curves"](make()), "svg")

    ET.fromstring(content)  # noqa: S314 - our own
    links = [line for line in content.decode().splitlines() if "href=" in line]
    assert all('href="#' in line for line in links)


def test_the_json_holds_the_numbers_that_are_drawn(make: Make) -> None:
    results = make(architectures=2, seeds=1)
    panels = numbers(charts["learning_curves"](results))["panels"]

    [train_loss] = [panel for panel in panels if panel["title"] == "train loss"]
    line = next(one for one in train_loss["series"] if one["label"] == "network_1")
    assert line["y"] == pytest.approx(results.of("network_1")[0].curve("train_loss"))


def test_twelve_architectures_can_be_told_apart(make: Make) -> None:
    results = make(architectures=12)
    looks = [look(results, name) for name in results.architectures]

    assert len({(found.colour, found.dash) for found in looks}) == 12
    assert len({(found.colour, found.marker) for found in looks}) == 12
    assert len(set(COLOURS)) == len(COLOURS)


def test_labels_move_apart_only_as_far_as_they_must() -> None:
    assert spread([0.1, 0.5], 0.1) == [0.1, 0.5]
    assert spread([0.5, 0.5], 0.1) == pytest.approx([0.45, 0.55])
    assert spread([0.48, 0.5, 0.52], 0.1) == pytest.approx([0.4, 0.5, 0.6])


def test_labels_stay_beside_their_panel_where_there_is_room() -> None:
    assert within([-0.2, -0.1, 0.5], 0.1) == pytest.approx([0.05, 0.15, 0.5])
    assert within([0.5, 1.0, 1.1], 0.1) == pytest.approx([0.5, 0.85, 0.95])
    assert within([0.3, 0.4], 0.1) == pytest.approx([0.3, 0.4])


def test_many_points_are_named_in_a_list_and_few_beside_themselves(make: Make) -> None:
    def words(architectures: int) -> tuple[int, int]:
        [axes] = charts["parameters_against_accuracy"](make(architectures)).axes
        legend = axes.get_legend()
        return len(axes.texts), len(legend.get_texts()) if legend else 0

    assert words(6) == (6, 0)
    assert words(12) == (0, 12)


def test_rows_without_images_are_low(make: Make) -> None:
    sheet = charts["only_one_right"](make(architectures=12))
    empty = [axes for axes in sheet.axes if not axes.images]

    assert len(empty) > 6
    assert sheet.get_figheight() < 1.2 + 0.6 * len(empty) + 2 * (12 - len(empty))


def test_without_any_result_it_is_said_that_there_is_nothing_to_draw(make: Make) -> None:
    whole = make(architectures=1, seeds=1)
    nothing = ComparisonResults(**{**vars(whole), "runs": ()})

    with pytest.raises(IncomparableError, match="no job of this comparison has succeeded"):
        charts["accuracy"](nothing)
