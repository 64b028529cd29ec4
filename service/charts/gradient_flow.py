"""Gradient flow."""

from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.drawing.chart import Chart
from service.charts.drawing.layers import LayerMetric, layer_chart


@charts.register
def gradient_flow(results: ComparisonResults) -> Chart:
    """Gradient flow.

    The gradient's L2 norm in every layer (log scale), from the first layer to the last: root mean
    square over steps of an epoch. A line that falls steeply to the left is a gradient that vanishes;
    one that climbs there explodes. Faint: first epoch; strong: last. First training.
    """
    return layer_chart(results, LayerMetric("gradient_norm/", "gradient norm, log scale"))
