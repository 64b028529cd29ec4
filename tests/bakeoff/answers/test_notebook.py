"""What notebooks show: HTML that is well-formed, escaped, and loads nothing."""

import copy
import json
from html.parser import HTMLParser

import pytest

from bakeoff.answers.comparison import Comparison, evidence
from bakeoff.answers.explanations import ExplanationList
from bakeoff.answers.job import Job
from bakeoff.answers.leaderboard import Leaderboard
from bakeoff.answers.metrics import Metrics
from bakeoff.answers.predictions import ComparedPredictions, PredictionList

EVIL = "<script>alert(1)</script>&\"'"
NEEDS_AN_END = {
    "div",
    "span",
    "strong",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "details",
    "summary",
}


class Page(HTMLParser):
    """Reads HTML; its tags must be known, closed in order, and carry a style alone."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text, self.open = "", []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.see_picture(dict(attrs))
            return
        assert tag in NEEDS_AN_END
        assert {name for name, _ in attrs} <= {"style"}
        assert not any("url(" in (value or "") for _, value in attrs)
        self.open.append(tag)

    def see_picture(self, attributes: dict[str, str | None]) -> None:
        """A picture is in the page itself, and says in words what it shows."""
        assert attributes.keys() == {"alt", "src", "style"}
        assert str(attributes["src"]).startswith("data:image/png;base64,")
        self.text += f"[{attributes['alt']}]"

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def shown(answer: object) -> str:
    return Page(answer._repr_html_()).text  # type: ignore[attr-defined]


def test_a_comparison_shows_its_evidence_leaderboard_and_jobs(client):
    comparison = client.show_comparison("latest")
    text = shown(comparison)

    assert "digits, n = 2 seeds, recipe " in text
    assert "succeeded" in text
    assert "4 jobs" in text
    assert all(job["id"] in text for job in comparison["jobs"])
    assert " ± " in text
    summary, *_ = client.list_comparisons()
    assert "n = 2 seeds" in shown(summary)


def test_a_job_shows_what_came_of_it(client):
    [job, *_] = client.list_jobs(status="succeeded")
    text = shown(client.show_job(job["id"]))

    assert f"train: {job['architecture']} on digits" in text
    assert "test" in text
    assert "epochs 2" in text
    assert job["model_id"] in text
    assert job["id"] in shown(job)  # without its result


def test_a_job_shows_its_progress_or_error(client):
    [job, *_] = client.list_jobs(status="succeeded")
    progress = {"phase": "training", "epoch": 2, "epochs": 4, "step": 1, "steps": 2, "loss": 0.5}
    running = Job({**job, "status": "running", "progress": progress, "result": None})
    assert "epoch 2/4 · loss 0.500" in shown(running)
    assert "width: 37.5%" in running._repr_html_()

    of_head = Job({**job, "not_applied": ["augmentation", "mix"]})
    assert "not applied: augmentation, mix" in shown(of_head)
    assert "not applied" not in shown(job)
    failed = Job({**job, "status": "failed", "error": EVIL, "result": None})
    assert EVIL in shown(failed)
    fetch = Job({**job, "kind": "fetch", "architecture": None, "recipe": None, "result": None})
    assert "fetch: digits" in shown(fetch)


def test_a_leaderboard_and_metrics_show_a_table(client):
    rows = client.show_leaderboard("latest")
    assert "parameters" in shown(rows)
    marked = {**rows[0], "architecture": "mine", "marks": ["pretrained", "head alone"]}
    assert "mine (pretrained, head alone)" in shown(Leaderboard([marked]))
    [job, *_] = client.list_jobs(status="succeeded")
    text = shown(client.show_metrics(job["id"]))
    assert "validation accuracy" in text
    assert "gradient" not in text
    assert shown(Metrics([{"epoch": 1.0, "train_loss": None}])).count("–") == 9


def test_predictions_show_the_probable_classes_of_each_image(client, picture):
    answer = client.predict("latest", picture, top_k=2)
    text = shown(answer)

    assert "bar.png" in text
    assert "resized from 20×20 to 8×8" in text
    assert text.count("%") == 2
    compared = shown(client.predict_by_all("latest", picture))
    assert "cnn, seed 0" in compared
    assert "bar.png" in compared
    of_a_fold = {**answer, "label": "cnn", "seed": 0, "fold": 2, "folds": 5}
    assert "cnn, seed 0, fold 2 of 5" in shown(ComparedPredictions({"models": [of_a_fold]}))


def test_explanations_show_the_picture_of_each_image(client, picture):
    text = shown(client.explain("latest", picture, class_name="3"))

    assert "bar.png" in text
    assert "[what speaks for 3]" in text


@pytest.mark.parametrize("field", ["name", "dataset", "recipe_hash", "status"])
def test_what_people_named_is_escaped(client, field):
    comparison = Comparison({**client.show_comparison("latest"), field: EVIL})

    assert EVIL in shown(comparison)
    assert "<script" not in comparison._repr_html_()


def test_names_in_rows_are_escaped(client, picture):
    comparison = client.show_comparison("latest")
    row = {**comparison["leaderboard"][0], "architecture": EVIL}
    assert EVIL in shown(Leaderboard([row]))
    answer = client.predict("latest", picture)
    assert EVIL in shown(PredictionList(answer, names=[EVIL]))
    explained = client.explain("latest", picture)
    explained["explanations"][0] |= {"class": EVIL}
    assert EVIL in shown(ExplanationList(explained, names=["bar"]))
    model = {**answer, "label": EVIL, "seed": 0}
    assert EVIL in shown(ComparedPredictions({"models": [model]}))


def test_answers_are_plain_json(client, picture):
    for answer in (
        client.show_comparison("latest"),
        client.show_leaderboard("latest"),
        client.predict("latest", picture),
        client.predict_by_all("latest", picture),
        client.explain("latest", picture),
    ):
        assert json.loads(json.dumps(answer)) == answer
        assert copy.deepcopy(answer) == answer


@pytest.mark.parametrize(
    ("seeds", "folds", "counted"),
    [
        ([0], None, "n = 1 seed"),
        ([0, 1], None, "n = 2 seeds"),
        ([0], 5, "n = 5 folds × 1 seed"),
        ([0, 1], 5, "n = 5 folds × 2 seeds"),
    ],
)
def test_the_evidence_counts_folds_and_seeds(
    seeds: list[int], folds: int | None, counted: str
) -> None:
    comparison = {"dataset": "digits", "seeds": seeds, "folds": folds, "recipe_hash": "0123456789"}

    assert evidence(comparison) == f"digits, {counted}, recipe 0123456789"
