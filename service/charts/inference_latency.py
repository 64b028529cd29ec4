"""Inference latency."""

from service.analysis.latency import latency_after_training
from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.drawing.chart import Chart
from service.charts.drawing.spans import SpanRow, span_chart
from service.charts.drawing.style import style_of


@charts.register
def inference_latency(results: ComparisonResults) -> Chart:
    """Inference latency.

    From images on the host to probabilities on the host (log scale), at batch 1, 8 and 64, measured
    after training by engine torch in float32. Mark: p50; line: to p99. Mean over trainings.
    """
    rows = [
        SpanRow(name, name, style_of(results, name), latency_after_training(results, name))
        for name in results.with_results
    ]
    return span_chart(rows, batch_sizes=sorted({size for row in rows for size in row.latencies}))
