"""Learning curves."""

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
    it has never seen. Line: mean over trainings; band: one standard deviation.
    """
    panels = [_panel(results, split, metric) for metric in ("loss", "accuracy") for split in SPLITS]
    return Chart(panels, height=6.4, columns=3, subplots={"sharex": True, "sharey": "row"})


def _panel(results: ComparisonResults, split: str, metric: str) -> Panel:
    def curve(run: Run) -> list[float]:
        return run.curve(f"{split}_{metric}")

    return curve_panel(
        results,
        curve,
        title=f"{split} {metric}",
        scale=log_scale if metric == "loss" else percent,
        x="" if metric == "loss" else "epoch",  # the lower panels name what both rows share
        has_names=split == SPLITS[-1],
    )
