"""Comparisons, charts and reports by the client, against a real service."""

import json

from bakeoff import Client
from bakeoff.answers.comparison import evidence


def test_a_comparison_is_followed_to_its_leaderboard(client):
    *_, ended = client.follow_comparison("latest")

    assert ended["status"] == "succeeded"
    assert {row["architecture"] for row in ended["leaderboard"]} == {"fully_connected", "cnn"}
    assert ended["id"] in [comparison["id"] for comparison in client.list_comparisons()]
    assert client.show_leaderboard("latest") == ended["leaderboard"]


def test_a_leaderboard_is_sorted_and_written_for_other_programs(client):
    fewest = client.show_leaderboard("latest", sort="num_parameters")
    counts = [row["num_parameters"] for row in fewest]

    assert counts == sorted(counts)
    assert client.show_leaderboard_csv("latest").startswith("rank,architecture")
    assert r"\toprule" in client.show_leaderboard_latex("latest")


def test_what_was_found_about_the_networks(client):
    names = {"fully_connected", "cnn"}

    assert client.show_statistics("latest", margin=0.1)["margin"] == 0.1
    for findings in (client.show_overfitting, client.show_gradient_flow, client.show_failures):
        assert {finding["architecture"] for finding in findings("latest")} == names


def test_charts_of_a_comparison_a_job_and_a_model_are_drawn(client):
    job = next(client.list_jobs(status="succeeded"))
    for listed, draw, of in (
        (client.list_charts, client.draw_chart, "latest"),
        (client.list_job_charts, client.draw_job_chart, job["id"]),
        (client.list_model_charts, client.draw_model_chart, job["model_id"]),
    ):
        assert "learning_curves" in [chart["name"] for chart in listed(of)]
        assert draw(of, "learning_curves", width=400).startswith(b"\x89PNG")
        assert b"<svg" in draw(of, "learning_curves", "svg", theme="dark")
        assert json.loads(draw(of, "learning_curves", "json"))


def test_a_report_is_a_page_or_markdown(client):
    assert "<html" in client.show_report("latest")
    assert client.show_markdown_report("latest").startswith("# ")


def test_architectures_are_trained_or_jobs_that_are_there_are_compared(empty_address):
    with Client(empty_address) as client:
        entries = ["cnn", {"name": "cnn", "label": "wide", "options": {"channels": [8, 16]}}]
        trained = client.create_comparison("digits", entries, recipe={"epochs": 1}, seeds=[4])
        assert [job["seed"] for job in trained["jobs"]] == [4, 4]

        jobs = [job["id"] for job in trained["jobs"]]
        compared = client.create_comparison(jobs=jobs, name="these two")
        assert compared["name"] == "these two"
        assert [job["id"] for job in compared["jobs"]] == jobs


def test_folds_are_asked_for_and_named(empty_address):
    with Client(empty_address) as client:
        crossed = client.create_comparison("digits", ["cnn"], folds=2)
        assert [(job["seed"], job["fold"], job["folds"]) for job in crossed["jobs"]] == [
            (0, 1, 2),
            (0, 2, 2),
        ]
        assert evidence(crossed).startswith("digits, n = 2 folds × 1 seed, recipe ")
        shown = crossed._repr_html_()
        assert all(f"0, fold {number} of 2" in shown for number in (1, 2))

        single = client.create_job("digits", "cnn", seed=3, fold=2, folds=5)
        assert "3, fold 2 of 5" in single._repr_html_()
