"""Comparisons of jobs that are there, whatever request made them."""

import pytest

ROOT = "/v1/comparisons"
RECIPE = {"epochs": 1, "batch_size": 64}


def train(service, architecture="fully_connected", **changed):
    """The id of a new job."""
    body = {"dataset": "digits", "architecture": architecture, "recipe": RECIPE, **changed}
    answer = service.http.post("/v1/jobs", json=body)
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def gather(service, *jobs, **more):
    return service.http.post(ROOT, json={"jobs": jobs, **more})


def test_jobs_of_several_requests_are_compared_as_if_one_had_made_them(service, png):
    jobs = [train(service), train(service, "cnn"), train(service, "cnn", seed=1)]
    answer = gather(service, *jobs, name="afterwards")

    assert answer.status_code == 202
    comparison = answer.json()
    address = f"{ROOT}/{comparison['id']}"
    assert answer.headers["Location"] == address
    assert (comparison["name"], comparison["status"]) == ("afterwards", "queued")
    assert [job["id"] for job in comparison["jobs"]] == jobs
    assert comparison["seeds"] == [0, 1]

    service.work(jobs=3)
    ended = service.http.get(address).json()
    assert len(service.http.get("/v1/jobs").json()["items"]) == 3  # nothing was trained again
    assert ended["status"] == "succeeded"
    assert {row["architecture"]: row["n"] for row in ended["leaderboard"]} == {
        "fully_connected": 1,
        "cnn": 2,
    }
    [pair] = service.http.get(f"{address}/statistics").json()["pairs"]
    assert pair["seeds"] == [0]  # the one they share
    assert service.http.get(f"{address}/charts/differences.png").status_code == 200
    report = service.http.get(f"{address}/report.md").text
    assert "n = 1 to 2 seeds" in report
    assert "Seeds: fully_connected: 0; cnn: 0, 1." in report
    said = service.http.post(
        f"{address}/predictions", content=png(), headers={"Content-Type": "image/png"}
    ).json()
    assert [model["label"] for model in said["models"]] == ["fully_connected", "cnn", "cnn"]


def test_a_job_takes_part_in_as_many_comparisons_as_one_likes(service):
    body = {"dataset": "digits", "architectures": ["fully_connected"], "recipe": RECIPE, "seeds": 1}
    own = service.http.post(ROOT, json=body).json()
    jobs = [own["jobs"][0]["id"], train(service, "cnn")]
    both = [gather(service, *jobs).json() for _ in range(2)]

    for comparison in both:
        assert [job["id"] for job in comparison["jobs"]] == jobs
        assert comparison["jobs"][0]["comparison_id"] == own["id"]  # who made it
    assert [job["id"] for job in service.http.get(f"{ROOT}/{own['id']}").json()["jobs"]] == jobs[:1]

    for job in jobs:
        service.http.post(f"/v1/jobs/{job}/cancel")
    states = [
        service.http.get(f"{ROOT}/{comparison['id']}").json()["status"]
        for comparison in (own, *both)
    ]
    assert states == ["cancelled"] * 3


def test_labels_name_the_options_that_differ(service):
    jobs = [train(service, "cnn", options={"dropout": dropout}) for dropout in (0.0, 0.5)]
    long = {"widths": [7] * 16}
    jobs += [train(service), train(service, options=long)]

    def labels(*of):
        return [
            architecture["label"] for architecture in gather(service, *of).json()["architectures"]
        ]

    assert labels(*jobs[:3]) == ["cnn, dropout 0.0", "cnn, dropout 0.5", "fully_connected"]
    assert labels(*jobs[2:]) == ["fully_connected 1", "fully_connected 2"]  # too long to be read


def test_a_key_makes_one_comparison_of_two_requests(service):
    body = {"jobs": [train(service), train(service, "cnn")]}
    answers = [
        service.http.post(ROOT, json=body, headers={"Idempotency-Key": "k"}) for _ in range(2)
    ]

    assert answers[0].json()["id"] == answers[1].json()["id"]


@pytest.mark.parametrize(
    ("other", "status", "said"),
    [
        (lambda s: train(s, "cnn", recipe={**RECIPE, "epochs": 2}), 422, "(epochs 1 and 2)"),
        (lambda s: train(s, "cnn", dataset="mnist"), 422, "digits and job"),
        (train, 422, "same options and seed (fully_connected, seed 0)"),
        (lambda s: s.http.post("/v1/datasets/mnist/fetch").json()["id"], 422, "trains nothing"),
        (lambda _: "nope", 422, "there is no job 'nope'"),
        (lambda _: "\x00", 422, "jobs.1"),
        (lambda _: 7, 422, "jobs.1"),
    ],
)
def test_jobs_that_do_not_compare_are_refused_with_the_reason(service, other, status, said):
    jobs = [train(service), other(service)]
    before = service.http.get("/v1/jobs").json()

    sentence = service.refused(gather(service, *jobs), status)

    assert said in sentence.replace(f"'{jobs[0]}' ", "").replace("on digits", "digits")
    assert service.http.get(ROOT).json()["items"] == []
    assert service.http.get("/v1/jobs").json() == before


def test_a_job_that_was_cancelled_is_refused_until_it_is_tried_again(service):
    jobs = [train(service), train(service, "cnn")]
    service.http.post(f"/v1/jobs/{jobs[1]}/cancel")

    assert "retry it first" in service.refused(gather(service, *jobs), 409)
    service.http.post(f"/v1/jobs/{jobs[1]}/retry")
    assert gather(service, *jobs).status_code == 202


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"jobs": []}, "jobs"),
        ({"jobs": ["a"]}, "2 or more"),
        ({"jobs": ["a", "a"]}, "each is accepted once"),
        ({"jobs": "ab"}, "jobs"),
        ({"jobs": None}, "jobs"),
        ({"jobs": ["a"] * 501}, "500"),
        ({"jobs": ["a", "b"], "recipe": {}}, "unknown field 'recipe'"),
    ],
)
def test_a_wrong_list_is_refused(service, changed, said):
    assert said in service.refused(service.http.post(ROOT, json=changed), 422)


def test_jobs_on_other_images_under_the_same_name_are_refused(service, npz):
    def trained_on(**replaced):
        answer = service.http.put("/v1/datasets/mine", content=npz(2, **replaced))
        assert answer.status_code == 201, answer.text
        job = train(service, dataset="mine", seed=len(replaced))
        service.work()
        return job

    jobs = [trained_on()]
    assert service.http.delete("/v1/datasets/mine").status_code == 204
    jobs.append(trained_on(y_test=[1, 0, 1, 0, 1, 0, 1, 0]))

    assert "was replaced between" in service.refused(gather(service, *jobs), 422)
