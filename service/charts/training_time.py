"""Training time."""

from matplotlib.figure import Figure

from service.analysis.leaderboard import leaderboard
from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.drawing.rows import height_for, name_rows, write_right
from service.charts.drawing.style import FAINT, INK, SMALL, duration, look, new_figure


@charts.register
def training_time(results: ComparisonResults) -> Figure:
    """Training time.

    Seconds of training alone, all epochs together, fastest first; evaluation, data and start-up are
    not in it. Bar: mean over seeds; marks: each seed. Right: time and images per second.
    """
    rows = sorted(leaderboard(results), key=lambda row: row.train_seconds.mean or 0.0)
    figure = new_figure(results, "Training time", height=height_for(len(rows)))
    axes = figure.subplots()
    for row, board in enumerate(rows):
        style = look(results, board.architecture)
        seconds = [one["train_seconds"] for one in results.finished(board.architecture)]
        axes.barh(row, board.train_seconds.mean or 0.0, height=0.55, color=style.colour, alpha=0.75)
        axes.plot(
            seconds,
            [row] * len(seconds),
            linestyle="",
            marker="|",
            markersize=14,
            color=INK,
            label=board.architecture,
        )
    name_rows(axes, [board.architecture for board in rows])
    write_right(
        axes,
        [
            f"{duration(board.train_seconds.mean or 0.0)}  ·  "
            f"{board.images_per_second.mean or 0.0:,.0f} images/s"
            for board in rows
        ],
    )
    axes.set_xlim(left=0)
    axes.set_xlabel("seconds of training  (bar: mean, lines: seeds)", fontsize=SMALL, color=FAINT)
    return figure
