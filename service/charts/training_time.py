"""Training time."""

from matplotlib.axes import Axes

from service.analysis.formats import duration
from service.analysis.leaderboard import leaderboard, train_seconds
from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.drawing.chart import Chart, Series
from service.charts.drawing.rows import row_chart
from service.charts.drawing.style import INK, marks, style_of


@charts.register
def training_time(results: ComparisonResults) -> Chart:
    """Training time.

    Seconds of training alone, all epochs together, fastest first; evaluation, data and start-up are
    not in it. The head of a backbone has the seconds of its features, which are computed once for all
    its trainings. Bar: mean over trainings; marks: each training. Right: time and images per second.
    """
    rows = sorted(leaderboard(results), key=lambda row: row.train_seconds.mean or 0.0)
    series, texts = [], []
    for place, row in enumerate(rows):
        of_each = [train_seconds(result) for result in results.results_of(row.architecture)]
        label = row.architecture
        series.append(Series(label, of_each, [place] * len(of_each), marks("|", 14, INK)))
        seconds, rate = row.train_seconds.mean or 0.0, row.images_per_second.mean or 0.0
        once = f", features once {duration(row.features_seconds)}" if row.features_seconds else ""
        texts.append((label, f"{duration(seconds)}{once}  ·  {rate:,.0f} images/s"))

    def decorate(axes: Axes) -> None:
        for place, row in enumerate(rows):
            colour = style_of(results, row.architecture).colour
            mean = row.train_seconds.mean or 0.0
            axes.barh(place, mean, height=0.55, color=colour, alpha=0.75)
        axes.set_xlim(left=0)

    x = f"seconds of training  (bar: mean, lines: {results.repeat}s)"
    return row_chart(texts, series, x=x, decorate=decorate)
