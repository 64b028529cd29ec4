"""Most confidently wrong."""

from matplotlib.figure import Figure

from service.analysis.failures import confidently_wrong as most_certain_errors
from service.analysis.failures import opinions
from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.drawing.contact_sheet import COLUMNS, Row, draw_sheet


@charts.register
def confidently_wrong(results: ComparisonResults) -> Figure:
    """Most confidently wrong.

    The test images each network gets wrong with the highest probability, the most certain first: what
    it is, what it was taken for, and how sure the network was. Judged by the mean of its seeds'
    probabilities, which errs less often than a single seed. Some labels are wrong themselves.
    """
    rows = []
    for name, opinion in opinions(results).items():
        wrong = int((~opinion.correct).sum())
        classes = [one["name"] for one in results.finished(name)[0]["per_class"]]
        title = f"{name}: {wrong:,} of {len(opinion.labels):,} wrong"
        rows.append(Row(title, most_certain_errors(opinion, COLUMNS), opinion, classes))
    return draw_sheet(results, "Most confidently wrong", rows, "gets every test image right")
