"""What pictures show: marks that can be told apart, names, images, and room for titles."""

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D

from service.analysis.results import ComparisonResults, no_images
from service.charts import make_chart
from service.charts.drawing.style import COLOURS, style_of
from service.charts.drawing.themes import BACKGROUND, Theme, apply_theme, contrast

Make = Callable[..., ComparisonResults]


def test_twelve_architectures_can_be_told_apart(make: Make) -> None:
    results = make(architectures=12)
    styles = [style_of(results, name) for name in results.architectures]

    assert len({(style.colour, style.dash) for style in styles}) == 12
    assert len({(style.colour, style.marker) for style in styles}) == 12
    assert len(set(COLOURS)) == len(COLOURS)


@pytest.mark.parametrize("name", ["parameters_against_accuracy", "inference_latency"])
def test_no_mark_is_lost_on_a_dark_background(make: Make, name: str) -> None:
    figure = make_chart(name, make(architectures=9)).figure()  # black is among their colours
    apply_theme(figure, Theme.DARK)
    for line in figure.findobj(Line2D):
        if line.get_marker() not in {"None", "", None}:
            assert contrast(line.get_markerfacecolor(), BACKGROUND) >= 4.5, line.get_label()


def test_many_points_are_named_in_a_list_and_few_beside_themselves(make: Make) -> None:
    def words(architectures: int) -> tuple[int, int]:
        [axes] = make_chart("parameters_against_accuracy", make(architectures)).figure().axes
        legend = axes.get_legend()
        return len(axes.texts), len(legend.get_texts()) if legend else 0

    assert words(6) == (6, 0)
    assert words(12) == (0, 12)


def test_bars_without_an_edge_have_none_on_a_dark_background(make: Make) -> None:
    figure = make_chart("training_time", make()).figure()
    apply_theme(figure, Theme.DARK)

    assert all(bar.get_edgecolor()[3] == 0 for bar in figure.axes[0].patches)


@pytest.mark.parametrize("theme", list(Theme))
def test_in_either_theme_the_last_epoch_stands_out_most(make: Make, theme: Theme) -> None:
    figure = make_chart("gradient_flow", make(architectures=1)).figure()
    apply_theme(figure, theme)

    lines = figure.axes[0].lines
    assert len({to_rgb(line.get_color()) for line in lines}) == 1
    opacities = [line.get_alpha() for line in lines]
    assert opacities == sorted(opacities)
    assert opacities[-1] == 1


def test_the_strongest_cells_of_a_matrix_are_numbered_in_white(make: Make) -> None:
    figure = make_chart("confusion_matrices", make()).figure()
    colours = {text.get_color() for axes in figure.axes for text in axes.texts}

    assert "white" in colours
    assert len(colours) == 2


@pytest.mark.parametrize("architectures", [1, 2, 3, 5])
@pytest.mark.parametrize(
    ("classes", "form"), [(10, "{}"), (10, "something long {}"), (100, "{}"), (40, "long {}")]
)
def test_a_matrix_leaves_room_for_its_titles_and_axes(
    make: Make, architectures: int, classes: int, form: str
) -> None:
    whole = make(architectures=architectures, classes=classes, seeds=1, epochs=1)
    names = [{"name": form.format(number)} for number in range(classes)]
    runs = tuple(
        replace(run, result={**(run.result or {}), "per_class": names}) for run in whole.runs
    )
    figure = make_chart("confusion_matrices", replace(whole, runs=runs)).figure()
    figure.draw_without_rendering()

    title = figure._suptitle.get_window_extent()
    for axes in filter(Axes.get_visible, figure.axes):
        assert axes._left_title.get_window_extent().y1 <= title.y0
        below = axes.xaxis.label.get_window_extent().y0
        assert below >= figure._supxlabel.get_window_extent().y1


def test_a_network_without_all_folds_of_a_seed_is_named_as_not_judged(make: Make) -> None:
    whole = make(seeds=1, folds=5)
    kept = {job: known for job, known in whole.predictions.items() if job != "job-1-0-4"}

    for name in ("confidently_wrong", "only_one_right"):
        figure = make_chart(name, replace(whole, predictions=kept)).figure()
        *judged, last = (axes.get_title(loc="left") for axes in figure.axes)
        assert [title.partition(":")[0] for title in judged] == ["network_0", "network_2"]
        assert last == "Not judged: network_1"
        [why] = figure.axes[-1].texts
        assert why.get_text() == "no seed has the predictions of all its folds"


def test_the_interval_over_folds_has_ends_that_stand_out(make: Make) -> None:
    [axes] = make_chart("differences", make(seeds=1, folds=5)).figure().axes

    capped = [
        line for line in axes.lines if line.get_marker() == "|" and len(line.get_xdata()) == 2
    ]
    assert len(capped) == 2


def test_images_that_are_gone_leave_their_captions(make: Make) -> None:
    without_images = replace(make(), test_images=no_images)
    figure = make_chart("confidently_wrong", without_images).figure()

    assert not any(axes.images for axes in figure.axes)
    assert any("→" in text.get_text() for axes in figure.axes for text in axes.texts)


def test_images_are_read_once_and_only_to_draw_them(make: Make) -> None:
    whole, reads = make(), []

    def read() -> object:
        reads.append(1)
        return whole.test_images()

    chart = make_chart("confidently_wrong", replace(whole, test_images=read))
    assert chart.data["panels"]
    assert not reads

    chart.figure()
    assert len(reads) == 1


def test_rows_without_images_are_low(make: Make) -> None:
    figure = make_chart("only_one_right", make(architectures=12)).figure()
    empty = [axes for axes in figure.axes if not axes.images]

    assert len(empty) > 6
    assert figure.get_figheight() < 1.2 + 0.6 * len(empty) + 2 * (12 - len(empty))


def test_titles_do_not_run_into_the_next_panel(unfinished: ComparisonResults) -> None:
    figure = make_chart("gradient_flow", unfinished).figure()
    figure.draw_without_rendering()
    titles = [axes._left_title for axes in figure.axes]

    assert "exploding: stem and 3 more" in titles[1].get_text()
    boxes = [title.get_window_extent() for title in titles]
    assert all(left.x1 < right.x0 for left, right in itertools.pairwise(boxes))
