"""Gradient flow."""

from matplotlib.figure import Figure

from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.drawing.layers import LayerMetric, draw_layers

METRIC = LayerMetric("gradient_norm/", "gradient norm, log scale")


@charts.register
def gradient_flow(results: ComparisonResults) -> Figure:
    """Gradient flow.

    The gradient's L2 norm in every layer (log scale), from the first layer to the last: root mean
    square over steps of an epoch. A line that falls steeply to the left is a gradient that vanishes;
    one that climbs there explodes. Faint: first epoch; strong: last. First seed.
    """
    return draw_layers(results, "Gradient flow", METRIC)
