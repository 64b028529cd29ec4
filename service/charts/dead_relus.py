"""Dead ReLUs."""

from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.drawing.chart import Chart
from service.charts.drawing.layers import LayerMetric, layer_chart


@charts.register
def dead_relus(results: ComparisonResults) -> Chart:
    """Dead ReLUs.

    The share of the units of every ReLU (channels, after a convolution) that are zero on each of 1,000
    train images, from the first ReLU to the last: what is dead no longer learns. Faint: first epoch;
    strong: last. First training.
    """
    return layer_chart(results, LayerMetric("dead_relu/", "dead units", is_share=True))
