"""Learning curves."""

import math

from service.analysis.results import ComparisonResults, Run
from service.charts import charts
from service.charts.drawing.chart import Chart, Panel
from service.charts.drawing.curves import curve_panel
from service.charts.drawing.scales import log_scale, percent

SPLITS = ("train", "validation", "test")


@charts.register
def learning_curves(results: ComparisonResults) -> Chart:
    """Learning curves.

    Loss (log scale) and accuracy after each epoch, on the images a network learns from and on those
    it has never seen; n: how many of them are evaluated after an epoch. Line: mean over trainings;
    band: one standard deviation.
    """
    panels = [_panel(results, split, metric) for metric in ("loss", "accuracy") for split in SPLITS]
    return Chart(panels, height=6.4, columns=3, subplots={"sharex": True, "sharey": "row"})


def _panel(results: ComparisonResults, split: str, metric: str) -> Panel:
    def curve(run: Run) -> list[float]:
        return run.curve(f"{split}_{metric}")

    is_upper = metric == "loss"  # the panel below it has the label of the axis that both share
    return curve_panel(
        results,
        curve,
        title=f"{split} {metric}",
        scale=log_scale if is_upper else percent,
        x="" if is_upper else _axis(results, split),
        has_names=split == SPLITS[-1],
    )


def _axis(results: ComparisonResults, split: str) -> str:
    """The label of the epochs, with n, which versions up to 0.1 did not keep."""
    curves = (run.curve(f"{split}_images") for run in results.runs)
    numbers = {int(value) for curve in curves for value in curve if not math.isnan(value)}
    if not numbers:
        return "epoch"
    least, most = min(numbers), max(numbers)
    n = f"{most:,}" if least == most else f"{least:,} to {most:,}"
    return f"epoch (n = {n} images)"
