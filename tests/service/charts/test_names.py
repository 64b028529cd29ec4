"""Any name that people give to classes and architectures can be drawn, in every chart."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from service.analysis.results import ComparisonResults, Run
from service.charts import charts, make_chart, make_picture
from service.charts.drawing import fonts
from service.charts.drawing.readable import NOTE, readable, readable_classes
from service.charts.drawing.render import render
from service.reports.report import report_markdown

Make = Callable[..., ComparisonResults]

CLASSES = (
    *("$0_$10", "100% \\frac{1}{0}", "^{2}_{", "=1+1", "a\u202eb", "قطة جميلة", "🐈‍⬛"),
    *("x" * 200, "中文 한국어 ひらがな", "<b>|*&#"),
)
LABELS = ("_$0_$1 残差", "شبكة 50%", "w" * 60)


def named(
    results: ComparisonResults, classes: Sequence[str], labels: Sequence[str]
) -> ComparisonResults:
    """The same results under other names."""
    new = dict(zip(results.architectures, labels, strict=True))

    def rename(run: Run) -> Run:
        result = run.result or {}
        renamed = {
            part: [
                {**entry, "name": name} for entry, name in zip(result[part], classes, strict=True)
            ]
            for part in ("per_class", "roc")
        }
        return replace(run, architecture=new[run.architecture], result={**result, **renamed})

    architectures = tuple(
        architecture.model_copy(update={"label": new[architecture.label]})
        for architecture in results.labelled_architectures
    )
    return replace(
        results,
        name="=1+1 <b> | *中文* $x$",
        labelled_architectures=architectures,
        runs=tuple(map(rename, results.runs)),
    )


@pytest.fixture(scope="module")
def hard(make: Make) -> ComparisonResults:
    return named(make(seeds=1, epochs=2), CLASSES, LABELS)


@pytest.mark.parametrize("name", list(charts))
def test_a_chart_draws_any_name(name: str, hard: ComparisonResults) -> None:
    """A letter without a font, and a layout without room, would be a warning, which is an error here."""
    svg = render(make_picture(name, hard), "svg")

    assert ET.fromstring(svg).tag.endswith("svg")  # noqa: S314 - our own


def test_the_json_of_a_chart_has_the_names_as_they_are(hard: ComparisonResults) -> None:
    data = make_chart("roc", hard).data

    assert [series["label"] for series in data["panels"][0]["series"]] == list(CLASSES)


def test_a_chart_says_that_a_font_is_missing(hard: ComparisonResults, make: Make) -> None:
    assert make_picture("accuracy", hard).footer.endswith(NOTE)
    assert NOTE not in make_picture("accuracy", make()).footer


def test_a_letter_that_no_font_has_is_written_as_its_number() -> None:
    assert readable("naïve قطة \U00012000\u202e") == "naïve قطة \\U00012000\\u202e"
    assert readable("a\u3000b\u00a0c") == "a b c"


def test_a_class_that_no_font_has_is_named_by_its_index() -> None:
    assert readable_classes(["cat", "\U00012000", "dog"]) == ["cat", "class 1", "dog"]


def test_a_long_name_keeps_its_beginning_and_its_end() -> None:
    [first, second] = readable_classes(["a" * 100 + " 1", "a" * 100 + " 2"])

    assert re.fullmatch(r"a+…a+ 1", first)
    assert first != second
    assert len(first) < 50


def test_labels_that_become_the_same_are_numbered(make: Make) -> None:
    hidden = [f"{'long ' * 5}{'.' * 10}{n}{'.' * 10}{' label' * 4}" for n in range(3)]
    results = named(make(seeds=1, epochs=2), CLASSES, hidden)

    drawn = [series.label for series in make_picture("learning_curves", results).panels[0].series]

    assert len(set(drawn)) == 3


@pytest.mark.skipif(len(fonts.families()) == 1, reason="no font for East Asia is installed")
def test_an_installed_font_is_used() -> None:
    assert readable("中文 한국어 ひらがな") == "中文 한국어 ひらがな"


def test_a_font_that_matplotlib_does_not_know_yet_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As after `apt-get install`: its list of fonts is older than that."""
    known = fonts.fontManager.ttflist
    mono = next(entry for entry in known if entry.name == "DejaVu Sans Mono")
    monkeypatch.setattr(fonts.fontManager, "ttflist", [each for each in known if each is not mono])
    monkeypatch.setattr(fonts, "findSystemFonts", lambda: [mono.fname])
    monkeypatch.setattr(fonts, "FILES", ("DejaVuSansMono",))

    assert "DejaVu Sans Mono" in fonts.families.__wrapped__()


def test_reports_show_the_names_and_not_what_they_would_do(hard: ComparisonResults) -> None:
    text = report_markdown(hard)

    assert "# =1+1 \\<b\\> \\| \\*中文\\* \\$x\\$" in text
    table = text.partition("## Leaderboard")[2].partition("Mean ±")[0].strip().splitlines()
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in table} == {13}
