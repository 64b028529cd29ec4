"""A small network, a fine-tuned backbone and a head in one comparison, whose recipe augments images."""

import io
import zipfile
from collections.abc import Iterator

import pytest

from tests.service.conftest import Service
from tests.service.routes.v1.heads import (
    NETWORK,
    OPTIONS,
    RECIPE,
    ask,
    enqueue,
    install,
    post,
    work,
)

pytestmark = pytest.mark.usefixtures("few_digits")

AUGMENTED = {**RECIPE, "augmentation": "crop_and_flip", "mix": "cutmix", "test_flips": True}
NOT_APPLIED = ["augmentation", "mix", "test_flips"]
MARKS = ["pretrained", "head alone", "without augmentation", "without mix", "without test_flips"]
IN_WORDS = "augmentation, mix and test_flips not applied to heads"


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """An installation with such a comparison, of two seeds."""
    tuned = {"pretrained": "mine", "resolution": 32}
    architectures = [
        "cnn",
        {"name": NETWORK, "label": "tuned", "options": tuned},
        {"name": NETWORK, "label": "head", "options": OPTIONS},
    ]
    for service in install(tmp_path_factory.mktemp("mixed")):
        body = {"architectures": architectures, "recipe": AUGMENTED, "seeds": 2}
        post(service, "/v1/comparisons", body)
        service.work(jobs=1 + 6)
        yield service


def test_jobs_have_one_recipe_and_say_what_of_it_did_not_apply(mixed: Service) -> None:
    listed = ask(mixed, "/v1/jobs?kind=train")["items"]
    jobs = [ask(mixed, f"/v1/jobs/{job['id']}") for job in listed]

    assert [job["status"] for job in jobs] == ["succeeded"] * 6, [job["error"] for job in jobs]
    assert len({job["recipe_hash"] for job in jobs}) == 1
    assert all(job["recipe"].items() >= AUGMENTED.items() for job in jobs)
    for job in jobs:
        is_head = job["options"].get("train") == "head"
        assert job["not_applied"] == job["result"]["not_applied"] == NOT_APPLIED * is_head
        assert job["result"]["test_flips"] is not is_head
        assert ask(mixed, f"/v1/models/{job['model_id']}")["test_flips"] is not is_head


def test_a_head_is_trained_as_by_the_recipe_without_these_fields(mixed: Service) -> None:
    plain = work(mixed, enqueue(mixed), jobs=2)
    heads = [
        ask(mixed, f"/v1/jobs/{job['id']}")
        for job in ask(mixed, f"/v1/jobs?architecture={NETWORK}&kind=train")["items"]
        if job["not_applied"] and job["seed"] == plain["seed"]
    ]

    assert plain["not_applied"] == []
    assert [head["recipe_hash"] == plain["recipe_hash"] for head in heads] == [False]
    assert heads[0]["result"]["predictions_sha256"] == plain["result"]["predictions_sha256"]


def test_the_leaderboard_marks_what_was_unequal(mixed: Service) -> None:
    rows = {row["architecture"]: row for row in ask(mixed, "/v1/comparisons/latest")["leaderboard"]}

    assert {name: row["marks"] for name, row in rows.items()} == {
        "cnn": [],
        "tuned": ["pretrained"],
        "head": MARKS,
    }
    assert {name: row["not_applied"] for name, row in rows.items()} == {
        "cnn": [],
        "tuned": [],
        "head": NOT_APPLIED,
    }
    csv = mixed.http.get("/v1/comparisons/latest/leaderboard.csv").text
    assert '"augmentation, mix, test_flips"' in csv


def test_verdicts_and_report_say_it_once(mixed: Service) -> None:
    tested = ask(mixed, "/v1/comparisons/latest/statistics")
    report = mixed.http.get("/v1/comparisons/latest/report.md").text
    page = mixed.http.get("/v1/comparisons/latest/report.html").text
    [on_weights, on_recipe] = tested["notes"]

    assert (
        "had been trained before, on images that were not checked against these; cnn had not."
        in on_weights
    )
    assert "tuned (mine)" in on_weights
    assert "head (mine)" in on_weights
    assert on_recipe.startswith(
        "Of the recipe, augmentation, mix and test_flips did not apply to head: heads are trained on"
    )
    assert sum("was pretrained" in verdict for verdict in tested["verdicts"]) == 2
    assert "other images before" not in " ".join(tested["verdicts"])
    for note in tested["notes"]:
        assert report.count(f"- {note}") == page.count(f"<li>{note}</li>") == 1


def test_tables_and_charts_mark_it_where_numbers_are(mixed: Service) -> None:
    report = mixed.http.get("/v1/comparisons/latest/report.md").text
    page = mixed.http.get("/v1/comparisons/latest/report.html").text
    table = mixed.http.get("/v1/comparisons/latest/leaderboard.tex").text
    chart = mixed.http.get("/v1/comparisons/latest/charts/accuracy.svg").text

    assert report.count(f"| head ({', '.join(MARKS)}) | ") == 2  # scores and costs
    assert report.count("| tuned (pretrained) | ") == 2
    assert page.count(f'<td>head<span class="marks">{", ".join(MARKS)}</span></td>') == 2
    assert f"head ({', '.join(MARKS)})".replace("_", r"\_") in table
    assert "tuned (pretrained) & 2" in table
    for document in (report, page, chart, table.replace(r"\_", "_")):
        assert IN_WORDS in document


def test_report_and_model_card_name_the_libraries_and_the_weights(mixed: Service) -> None:
    report = mixed.http.get("/v1/comparisons/latest/report.md").text
    head = next(
        job
        for job in ask(mixed, f"/v1/jobs?architecture={NETWORK}&kind=train")["items"]
        if job["not_applied"]
    )
    result = ask(mixed, f"/v1/jobs/{head['id']}")["result"]
    bundle = mixed.http.get(f"/v1/models/{head['model_id']}/bundle").content
    card = zipfile.ZipFile(io.BytesIO(bundle)).read("README.md").decode()

    for library in ("timm", "torch"):
        assert f"{library} {result['versions'][library]}" in report
        assert f"{library} {result['versions'][library]}" in card
    assert f"onnxruntime {result['features']['versions']['onnxruntime']}" in report
    assert result["pretrained"]["sha256"] in report
    assert "licence mit" in report
    assert (
        "augmentation, mix and test_flips did not apply: the head was trained on features" in card
    )
    assert "test-time flips" not in card
    assert "RGB, 8 × 8 pixels" not in card
    assert "grey, 8 × 8 pixels, which the network resizes to 32 × 32" in card
    assert "What cannot be told at the smaller of these sizes decides nothing." in card
