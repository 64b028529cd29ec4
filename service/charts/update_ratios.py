"""Update-to-weight ratio."""

from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.drawing.chart import Chart
from service.charts.drawing.layers import LayerMetric, layer_chart


@charts.register
def update_ratios(results: ComparisonResults) -> Chart:
    """Update-to-weight ratio.

    How far one step moves the weights of a layer, as a share of their norm (log scale), from the first
    layer to the last. About 1/1000 is usual; far less, and a layer hardly learns; far more, and it
    cannot settle. Faint: first epoch; strong: last. First training.
    """
    return layer_chart(results, LayerMetric("update_ratio/", "update ÷ weights, log scale"))
