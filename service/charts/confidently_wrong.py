"""Most confidently wrong."""

from service.analysis.failures import ensemble_predictions, find_confidently_wrong
from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.drawing.chart import Chart
from service.charts.drawing.contact_sheet import COLUMNS, SheetRow, contact_sheet


@charts.register
def confidently_wrong(results: ComparisonResults) -> Chart:
    """Most confidently wrong.

    The test images each network gets wrong with the highest probability, the most certain first: what
    it is, what it was taken for, and how sure the network was. Judged by the mean of its seeds'
    probabilities, which errs less often than a single seed; with folds, by those that were not trained
    on the image. Some labels are wrong themselves.
    """
    rows = []
    for name, predictions in ensemble_predictions(results).items():
        num_wrong = int((~predictions.correct).sum())
        summary = f"{num_wrong:,} of {len(predictions.labels):,} wrong"
        errors = find_confidently_wrong(predictions, COLUMNS)
        rows.append(SheetRow(name, summary, errors, predictions, results.class_names))
    return contact_sheet(results, rows, empty="gets every test image right")
