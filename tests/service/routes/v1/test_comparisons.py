"""Comparisons over HTTP: several architectures, several seeds, one leaderboard."""

import pytest

BODY = {"dataset": "digits", "architectures": ["fully_connected", "cnn"], "recipe": {"epochs": 2}}


def post(service, **changed):
    return service.http.post("/v1/comparisons", json={**BODY, **changed})


def test_a_comparison_is_accepted_with_a_job_for_each_architecture_and_seed(service):
    answer = post(service, seeds=[3, 5])

    assert answer.status_code == 202
    comparison = answer.json()
    assert answer.headers["Location"] == f"/v1/comparisons/{comparison['id']}"
    assert comparison["status"] == "queued"
    assert comparison["leaderboard"] == []
    made = [(job["architecture"], job["seed"]) for job in comparison["jobs"]]
    assert made == [("fully_connected", 3), ("cnn", 3), ("fully_connected", 5), ("cnn", 5)]
    assert {job["recipe_hash"] for job in comparison["jobs"]} == {comparison["recipe_hash"]}
    assert service.http.get("/v1/comparisons/latest").json() == comparison


def test_one_architecture_is_compared_with_itself_under_other_options_and_labels(service):
    entries = ["cnn", {"name": "cnn", "label": "cnn, dropout", "options": {"dropout": 0.5}}]

    comparison = post(service, architectures=entries, seeds=1).json()

    assert [architecture["label"] for architecture in comparison["architectures"]] == [
        "cnn",
        "cnn, dropout",
    ]
    assert [architecture["options"]["dropout"] for architecture in comparison["architectures"]] == [
        0.0,
        0.5,
    ]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"architectures": ["cnn", "residual_cn"]}, "did you mean 'residual_cnn'?"),
        ({"architectures": []}, "architectures"),
        ({"architectures": "cnn"}, "architectures"),
        ({"architectures": ["cnn", "cnn"]}, "'cnn' is there twice"),
        ({"architectures": [{"name": "cnn"}, {"name": "cnn", "label": "other"}]}, "same"),
        ({"architectures": [{"name": "cnn", "options": {"dropout": 2}}]}, "dropout"),
        ({"architectures": [{"name": "cnn", "option": {}}]}, "option"),
        ({"architectures": [{"label": "x"}]}, "name"),
        ({"architectures": [7]}, "architectures"),
        ({"architectures": ["cnn"] * 1000}, "architectures"),
        ({"dataset": "digit"}, "did you mean 'digits'?"),
        ({"seeds": 0}, "seeds"),
        ({"seeds": 51}, "50"),
        ({"seeds": []}, "seeds"),
        ({"seeds": [1, 1]}, "seeds"),
        ({"seeds": [-1]}, "seeds"),
        ({"recipe": {"batch_size": 0}}, "recipe.batch_size"),
        ({"name": "x" * 1000}, "name"),
        ({"name": "\x00"}, "name"),
    ],
)
def test_a_wrong_request_is_refused_with_a_sentence_and_changes_nothing(service, changed, said):
    assert said in service.refused(post(service, **changed), 422)
    assert service.http.get("/v1/comparisons").json() == {"items": [], "next": None}
    assert service.http.get("/v1/jobs").json()["items"] == []


def test_a_sentence_about_an_architecture_does_not_speak_of_the_forms_behind_it(service):
    sentence = service.refused(post(service, architectures=[{"name": "cnn", "labl": "x"}]), 422)

    assert "labl" in sentence
    assert "Entry" not in sentence
    assert "str:" not in sentence


def test_a_key_makes_one_comparison_of_two_requests(service):
    headers = {"Idempotency-Key": "k"}
    first = service.http.post("/v1/comparisons", json=BODY, headers=headers).json()
    again = service.http.post("/v1/comparisons", json=BODY, headers=headers).json()

    assert first["id"] == again["id"]
    assert len(service.http.get("/v1/comparisons").json()["items"]) == 1


def test_a_key_used_for_a_job_is_not_one_for_a_comparison(service):
    headers = {"Idempotency-Key": "k"}
    job = {"dataset": "digits", "architecture": "cnn"}
    assert service.http.post("/v1/jobs", json=job, headers=headers).status_code == 202

    service.refused(service.http.post("/v1/comparisons", json=BODY, headers=headers), 422)


def test_a_finished_comparison_has_a_leaderboard_with_its_evidence(trained):
    comparison = trained.http.get("/v1/comparisons/latest").json()

    assert comparison["status"] == "succeeded"
    board = comparison["leaderboard"]
    assert [row["rank"] for row in board] == [1, 2]
    assert {row["architecture"] for row in board} == {"fully_connected", "cnn"}
    for row in board:
        accuracy = row["test_accuracy"]
        assert row["n"] == accuracy["n"] == 2
        assert accuracy["low"] < accuracy["mean"] < accuracy["high"]
        assert trained.http.get(f"/v1/models/{row['best_model_id']}").status_code == 200
    assert board[0]["test_accuracy"]["mean"] >= board[1]["test_accuracy"]["mean"]


def test_a_comparison_says_how_far_it_is_and_who_is_ahead(trained, service):
    [ended] = trained.http.get("/v1/comparisons").json()["items"]
    body = {"dataset": "digits", "architectures": ["fully_connected", "cnn"], "seeds": 2}
    begun = service.http.post("/v1/comparisons", json=body).json()
    best = trained.http.get("/v1/comparisons/latest").json()["leaderboard"][0]

    assert (ended["num_jobs"], ended["num_ended"]) == (4, 4)
    assert ended["leader"]["architecture"] == best["architecture"]
    assert ended["leader"]["test_accuracy"] == pytest.approx(best["test_accuracy"]["mean"])
    assert ended["leader"]["std"] == pytest.approx(best["test_accuracy"]["std"])
    assert (begun["num_jobs"], begun["num_ended"], begun["leader"]) == (4, 0, None)


def test_the_list_shows_comparisons_without_their_jobs(trained):
    [listed] = trained.http.get("/v1/comparisons").json()["items"]

    assert listed["status"] == "succeeded"
    assert "jobs" not in listed


def test_a_comparison_that_is_not_there_is_a_404(service):
    assert "no comparison 'abc'" in service.refused(service.http.get("/v1/comparisons/abc"), 404)


def test_a_comparison_half_done_is_running_and_shows_what_there_is(service):
    post(service, seeds=1)
    service.work()

    comparison = service.http.get("/v1/comparisons/latest").json()

    assert comparison["status"] == "running"
    assert [row["architecture"] for row in comparison["leaderboard"]] == ["fully_connected"]
    assert comparison["leaderboard"][0]["test_accuracy"]["std"] is None
