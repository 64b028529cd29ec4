"""The report: one file that says what was found, what it rests on and how to repeat it."""

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from service.analysis.leaderboard import leaderboard
from service.analysis.paired_tests import statistics
from service.analysis.results import ComparisonResults
from service.analysis.summary import sentences
from service.charts import charts
from service.charts.drawing.render import title_of
from service.reports.report import report_html, report_markdown

Make = Callable[..., ComparisonResults]


@pytest.fixture(scope="module")
def page(make: Make) -> str:
    """The report of three networks, drawn idempotency."""
    return report_html(make())


@pytest.fixture(scope="module")
def alone(make: Make) -> str:
    """The report of a single network."""
    return report_html(make(architectures=1))


def said_of(results: ComparisonResults) -> list[str]:
    return sentences(results, statistics(results))


def test_the_report_is_one_file_that_loads_nothing_and_has_every_chart(page: str) -> None:
    addresses = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert all(address.startswith("data:") for address in addresses)
    for name in charts:
        assert f"<h2>{title_of(name)}</h2>" in page


def test_a_chart_with_nothing_to_show_is_left_out(make: Make, alone: str) -> None:
    unjudged = report_html(replace(make(architectures=2), predictions={}))

    assert "<h2>Only one is right</h2>" not in alone
    assert "<h2>Differences</h2>" not in alone
    assert "<h2>Most confidently wrong</h2>" in alone
    assert "<h2>Most confidently wrong</h2>" not in unjudged


def test_what_lies_on_the_front_is_bold_unless_it_is_alone(
    make: Make, page: str, alone: str
) -> None:
    results = make()
    rows = leaderboard(results)
    costs = [cost for row in rows for cost, is_on in row.pareto if is_on]

    table = report_markdown(results).partition("## What each costs")[2].partition("Means over")[0]
    assert table.count("**") == 2 * len(costs) > 0
    assert page.count('<td class="front">') == len(costs)
    assert "**" not in report_markdown(make(architectures=1))
    assert '<td class="front">' not in alone


def test_no_line_of_the_page_ends_within_a_number(page: str) -> None:
    said = re.findall(r"<(?:li|figcaption)>(.*?)</", page)

    assert any("95\u00a0%\u00a0CI" in sentence for sentence in said)
    assert not any("95 %" in sentence or "n = " in sentence for sentence in said)


def test_where_nothing_overfits_that_is_said_with_the_epochs(make: Make) -> None:
    assert "No overfitting could be shown within 5 epochs." in said_of(make(epochs=5))


def test_latency_that_nobody_measured_is_not_told_twice(make: Make) -> None:
    whole = make(architectures=2)
    unmeasured = tuple(replace(run, latency=None) for run in whole.runs)
    page = report_html(replace(whole, runs=unmeasured))

    assert "<h2>Inference latency</h2>" in page
    assert "<h2>Latency by engine</h2>" not in page


def test_what_people_wrote_is_escaped(page: str) -> None:
    assert "<b>comparison</b>" not in page
    assert "&lt;b&gt;comparison&lt;/b&gt;" in page


def test_the_report_says_how_to_repeat_it(make: Make) -> None:
    results = make()
    block = re.search(r"```json\n(.*?)\n```", report_markdown(results), re.DOTALL)

    assert block
    request = json.loads(block[1])
    assert request["recipe"] == results.recipe
    assert request["seeds"] == [0, 1, 2]
    assert [one["label"] for one in request["architectures"]] == list(results.architectures)


def test_the_leaderboard_is_ordered_by_test_accuracy(make: Make) -> None:
    rows = leaderboard(make())

    means = [row.test_accuracy.mean for row in rows]
    assert means == sorted(means, reverse=True)
    assert [row.rank for row in rows] == [1, 2, 3]


def test_the_model_to_serve_is_chosen_by_validation_never_by_test(make: Make) -> None:
    results = make(architectures=1, seeds=3)
    [row] = leaderboard(results)

    best = max(results.runs, key=lambda run: (run.result or {})["validation"]["accuracy"])
    assert row.best_model_id == best.model_id


def test_one_seed_is_called_what_it_is(make: Make) -> None:
    assert any("n = 1 seed" in sentence for sentence in said_of(make(seeds=1)))
    assert not any("n = 1 seed" in sentence for sentence in said_of(make(seeds=2)))


def test_times_of_different_devices_are_not_compared(make: Make) -> None:
    whole = make(architectures=2, seeds=1)
    other = {**(whole.runs[1].result or {}), "device_name": "another processor"}
    runs = (whole.runs[0], replace(whole.runs[1], result=other))
    mixed = ComparisonResults(**{**vars(whole), "runs": runs})

    assert not any("do not compare" in said for said in said_of(whole))
    assert any("a processor (cpu) and another processor" in said for said in said_of(mixed))


def test_n_counts_the_seeds_that_have_a_result(unfinished: ComparisonResults) -> None:
    assert unfinished.seeds_in_words == "2 to 3 seeds"


def test_missing_trainings_are_said(unfinished: ComparisonResults) -> None:
    assert "2 of 9 trainings have no result." in said_of(unfinished)
    assert report_html(unfinished)
