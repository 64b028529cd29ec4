"""Update-to-weight ratio."""

from matplotlib.figure import Figure

from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.drawing.layers import LayerMetric, draw_layers

METRIC = LayerMetric("update_ratio/", "update ÷ weights, log scale")


@charts.register
def update_ratios(results: ComparisonResults) -> Figure:
    """Update-to-weight ratio.

    How far one step moves the weights of a layer, as a share of their norm (log scale), from the first
    layer to the last. About 1/1000 is usual; far less, and a layer hardly learns; far more, and it
    cannot settle. Faint: first epoch; strong: last. First seed.
    """
    return draw_layers(results, "Update-to-weight ratio", METRIC)
