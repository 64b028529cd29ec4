"""The report: one file with the findings, their evidence and how to repeat them."""

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from service.analysis.leaderboard import leaderboard
from service.analysis.results import ComparisonResults
from service.charts import charts, title_of
from service.reports import report
from service.reports.report import report_html, report_markdown

Make = Callable[..., ComparisonResults]


@pytest.fixture(scope="module")
def page(make: Make) -> str:
    """The report of three networks, drawn once."""
    return report_html(make())


def undrawn(results: ComparisonResults) -> str:
    """The report with every chart that it has, none of which is drawn."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "render", lambda *_: b"<svg/>")
        return report_html(results)


@pytest.fixture(scope="module")
def alone(make: Make) -> str:
    """The report of a single network."""
    return undrawn(make(architectures=1))


def test_the_report_is_one_file_that_loads_nothing_and_has_every_chart(page: str) -> None:
    addresses = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert all(address.startswith("data:") for address in addresses)
    for name in charts:
        assert f"<h2>{title_of(name)}</h2>" in page


def test_a_chart_with_nothing_to_show_is_left_out(make: Make, alone: str) -> None:
    unjudged = undrawn(replace(make(architectures=2), predictions={}))

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
    texts = re.findall(r"<(?:li|figcaption)>(.*?)</", page)

    assert any("95\u00a0%\u00a0CI" in text for text in texts)
    assert not any("95 %" in text or "n = " in text for text in texts)


def test_latency_that_nobody_measured_is_not_told_twice(make: Make) -> None:
    whole = make(architectures=2)
    unmeasured = tuple(replace(run, latency=None) for run in whole.runs)
    page = undrawn(replace(whole, runs=unmeasured))

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
    assert [entry["label"] for entry in request["architectures"]] == list(results.architectures)


def test_trainings_without_a_result_do_not_keep_the_report_away(
    unfinished: ComparisonResults,
) -> None:
    assert "2 of 9 trainings have no result." in report_html(unfinished)


@pytest.mark.parametrize(("seeds", "counted"), [(1, "each tested once"), (2, "once by each seed")])
def test_the_report_of_folds_says_what_was_counted_and_tested(
    make: Make, seeds: int, counted: str
) -> None:
    text = report_markdown(make(seeds=seeds, folds=5))

    head = text.partition("## Leaderboard")[0]
    assert f"n = 5 folds × {seeds} seed" in head
    assert counted in head
    assert "| over folds |" in text
    assert "with seeds" not in text
    assert "all images were divided into 5 stratified folds by a fixed seed" in text
    assert ("Other seeds were not tried" in text) == (seeds == 1)
    block = re.search(r"```json\n(.*?)\n```", text, re.DOTALL)
    assert block
    assert json.loads(block[1])["folds"] == 5
