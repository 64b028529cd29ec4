"""Dead ReLUs."""

from matplotlib.figure import Figure

from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.drawing.layers import LayerMetric, draw_layers

METRIC = LayerMetric("dead_relu/", "dead units", is_share=True)


@charts.register
def dead_relus(results: ComparisonResults) -> Figure:
    """Dead ReLUs.

    The share of the units of every ReLU (channels, after a convolution) that are zero on each of 1,000
    train images, from the first ReLU to the last: what is dead no longer learns. Faint: first epoch;
    strong: last. First seed.
    """
    return draw_layers(results, "Dead ReLUs", METRIC)
