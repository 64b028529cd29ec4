"""The leaderboard for spreadsheets and papers: whatever a label is, it is shown and does nothing."""

import csv
import io
from collections.abc import Callable

import pytest

from service.analysis.leaderboard import leaderboard
from service.analysis.results import ComparisonResults
from service.analysis.tables import as_csv, as_latex

Make = Callable[..., ComparisonResults]
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "  =1+1", "\uff1d1+1", '=HYPERLINK("x","y")']


@pytest.mark.parametrize("label", FORMULAS)
def test_a_spreadsheet_computes_no_label(make: Make, label: str) -> None:
    rows = leaderboard(make(architectures=1))
    renamed = [row.model_copy(update={"architecture": label, "marks": [label]}) for row in rows]

    [read] = csv.DictReader(io.StringIO(as_csv(renamed)))

    assert read["architecture"] == read["marks"] == f"'{label}"


@pytest.mark.parametrize("label", ["a, b", 'say "so"', "中文 قطة 🐈", "$0_$10", "\\x"])
def test_other_labels_are_as_they_are(make: Make, label: str) -> None:
    rows = leaderboard(make(architectures=1))
    renamed = [row.model_copy(update={"architecture": label}) for row in rows]

    [read] = csv.DictReader(io.StringIO(as_csv(renamed)))

    assert read["architecture"] == label


def test_latex_typesets_what_it_would_obey(make: Make) -> None:
    rows = leaderboard(make(architectures=1))
    label = "$0_$10 100% #1 {a} ^~ \\input{x} & b"
    renamed = [row.model_copy(update={"architecture": label}) for row in rows]

    text = as_latex(renamed, caption=label)

    typeset = r"\$0\_\$10 100\% \#1 \{a\} \textasciicircum{}\textasciitilde{} \textbackslash{}input\{x\} \& b"
    assert text.count(typeset) == 2
