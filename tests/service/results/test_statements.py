"""How often the database is asked for one answer: no row is read twice, and no metric that is not shown."""

from collections import Counter
from typing import Any

import pytest

from service.reports import report
from tests.statements import record_statements

ROOT = "/v1/comparisons/latest"

#: A comparison's jobs are those it made, those it was made of, and the latest latencies of their models.
OF_A_COMPARISON = {"comparisons": 1, "jobs": 2, "comparison_jobs": 1}


@pytest.mark.parametrize(
    ("address", "tables"),
    [
        (ROOT, OF_A_COMPARISON),
        (f"{ROOT}/leaderboard", OF_A_COMPARISON),
        (f"{ROOT}/charts/accuracy.json", OF_A_COMPARISON),
        (f"{ROOT}/charts/learning_curves.json", OF_A_COMPARISON | {"metrics": 1}),
        (
            f"{ROOT}/charts/dead_relus.json",
            OF_A_COMPARISON | {"metrics": 2},
        ),  # names, then one kind
        (
            f"{ROOT}/report.html",  # the checks of the dataset; names, losses, three kinds
            OF_A_COMPARISON | {"jobs": 3, "metrics": 5},
        ),
        ("/v1/jobs/latest/charts/accuracy.json", {"jobs": 2}),
        ("/v1/models/latest/charts/accuracy.json", {"models": 1, "jobs": 2}),
    ],
)
def test_nothing_is_read_twice(
    trained: Any, address: str, tables: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "render", lambda *_: b"<svg/>")  # a drawing reads nothing
    trained.http.get(address)  # keys are looked up now and then, for whatever request comes
    _forget_drawings(trained)
    with record_statements(trained.http.app.state.database) as statements:
        assert trained.http.get(address).status_code == 200
    _forget_drawings(trained)  # that of this test is no report for others

    read = Counter(
        statement.text.split("FROM ")[1].split()[0]
        for statement in statements
        if statement.text.startswith("SELECT")
    )
    read.pop("api_keys", None)
    assert read == tables


def _forget_drawings(service: Any) -> None:
    for path in service.settings.charts_folder.glob("*"):
        path.unlink()
