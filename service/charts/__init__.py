"""Charts, one a file: each is a function from a comparison's results to a `Chart`, registered by decorator.

A chart is found by being here. The first line of its docstring is its title, the rest says what it
shows. It imports `service.analysis` and `service.charts.drawing`, and no other chart.
"""

from collections.abc import Callable
from dataclasses import replace

from models import Registry
from service.analysis.formats import scored_in_words
from service.analysis.notes import not_applied_in_words
from service.analysis.results import ComparisonResults
from service.charts.drawing.chart import Chart
from service.charts.drawing.readable import NOTE, are_readable, readable_results

charts: Registry[Callable[[ComparisonResults], Chart]] = Registry("chart", __name__)


def title_of(name: str) -> str:
    """The first line of a chart's docstring, without its full stop; UnknownNameError."""
    return charts.description(name).splitlines()[0].removesuffix(".")


def make_chart(name: str, results: ComparisonResults) -> Chart:
    """Compute the chart `name`, with its title and footer; UnknownNameError, NoResultError."""
    footer = _footer(results)
    chart = charts[name](results)
    return replace(chart, title=chart.title or title_of(name), footer=footer)


def make_picture(name: str, results: ComparisonResults) -> Chart:
    """The same to be drawn: under names that the fonts have, and a footer that says where they lack some."""
    chart = make_chart(name, readable_results(results))
    if are_readable([*results.architectures, *results.class_names]):
        return chart
    return replace(chart, footer=f"{chart.footer}\n{NOTE}")


def _footer(results: ComparisonResults) -> str:
    """The evidence: dataset, number of seeds and folds, recipe and what of it did not apply, device."""
    recipe, result = results.recipe, results.any_result
    epochs = f"{recipe['epochs']} epoch{'s' if recipe['epochs'] > 1 else ''}"
    evidence = (
        results.dataset,
        f"n = {results.n_in_words}",
        f"{epochs}, {recipe['optimizer']} {recipe['learning_rate']:g}, batch {recipe['batch_size']}",
        f"recipe {results.recipe_hash}",
        scored_in_words(recipe),
        not_applied_in_words(results),
        result["device_name"],
    )
    return "  ·  ".join(filter(None, evidence))
