"""Only one is right."""

from service.analysis.failures import ensemble_predictions, find_only_right
from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.drawing.chart import Chart
from service.charts.drawing.contact_sheet import SheetRow, contact_sheet


@charts.register
def only_one_right(results: ComparisonResults) -> Chart:
    """Only one is right.

    The test images that one network gets right and no other does, those it is most certain of first.
    Judged by the mean of its seeds' probabilities; with folds, by those that were not trained on the image.
    """
    ensembles = ensemble_predictions(results)
    if len(ensembles) == 1:
        return Chart(note="there is no other network to set this one beside")
    rows = []
    for name, predictions in ensembles.items():
        indices = find_only_right(ensembles, name)
        summary = f"{len(indices):,} that no other gets right"
        rows.append(SheetRow(name, summary, indices, predictions, results.class_names))
    return contact_sheet(results, rows, empty="none")
