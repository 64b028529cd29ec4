"""Only one is right."""

from matplotlib.figure import Figure

from service.analysis.failures import only_right, opinions
from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.drawing.contact_sheet import Row, draw_sheet
from service.charts.drawing.style import new_figure, say


@charts.register
def only_one_right(results: ComparisonResults) -> Figure:
    """Only one is right.

    The test images that one network gets right and no other does, those it is most certain of first.
    Judged by the mean of its seeds' probabilities.
    """
    found = opinions(results)
    if len(found) == 1:
        figure = new_figure(results, "Only one is right", height=1.6)
        say(figure, "there is no other network to set this one beside")
        return figure
    rows = []
    for name, opinion in found.items():
        alone = only_right(found, name)
        classes = [one["name"] for one in results.finished(name)[0]["per_class"]]
        title = f"{name}: {len(alone):,} that no other gets right"
        rows.append(Row(title, alone, opinion, classes))
    return draw_sheet(results, "Only one is right", rows, "none")
