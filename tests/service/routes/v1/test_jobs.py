"""Jobs over HTTP: enqueued, shown, listed, cancelled, retried."""

import csv
import io

import pytest

from workers.kinds import KINDS

BODY = {"dataset": "digits", "architecture": "cnn", "recipe": {"epochs": 2}}


def post(service, **changed):
    return service.http.post("/v1/jobs", json={**BODY, **changed})


def test_a_job_is_accepted_with_its_address_and_everything_filled_in(service):
    answer = post(service, seed=7, priority=3, options={"dropout": 0.25})

    assert answer.status_code == 202
    job = answer.json()
    assert answer.headers["Location"] == f"/v1/jobs/{job['id']}"
    assert (job["status"], job["kind"], job["seed"], job["priority"]) == ("queued", "train", 7, 3)
    assert job["options"] == {"channels": [32, 64], "dropout": 0.25}
    assert job["recipe"]["epochs"] == 2
    assert job["recipe"]["optimizer"] == "adam"
    assert job["created_at"].endswith("Z")
    assert service.http.get(answer.headers["Location"]).json() == job


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"architecture": "cn"}, "unknown architecture 'cn'; did you mean 'cnn'?"),
        ({"dataset": "mnits"}, "unknown dataset 'mnits'; did you mean 'mnist'?"),
        ({"recipe": {"epochs": 0}}, "recipe.epochs"),
        ({"recipe": {"epochs": 100000}}, "1000"),
        ({"recipe": {"learning_rate": "fast"}}, "recipe.learning_rate"),
        ({"recipe": {"optimizer": "adamm"}}, "'adam', 'adamw' or 'sgd'"),
        ({"recipe": {"epoch": 3}}, "did you mean 'epochs'?"),
        ({"recipe": {"augmentation": "flip"}}, "'resized_crop_and_flip'"),
        ({"recipe": {"augmentation_policy": "trivial"}}, "'none' or 'trivial_augment'"),
        ({"recipe": {"colour_jitter": 1.5}}, "recipe.colour_jitter"),
        ({"recipe": {"erasing": -0.1}}, "recipe.erasing"),
        ({"recipe": {"mix": "mix"}}, "'none', 'mixup' or 'cutmix'"),
        ({"recipe": "fats"}, "unknown recipe 'fats'; did you mean 'fast'?"),
        ({"options": {"dropuot": 0.5}}, "did you mean 'dropout'?"),
        ({"options": {"dropout": 5}}, "0.9"),
        ({"options": {"channels": [1, 2, 3]}}, "channels"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**40}, "seed"),
        ({"priority": 1000}, "priority"),
        ({"sed": 1}, "did you mean 'seed'?"),
    ],
)
def test_a_wrong_request_is_refused_with_a_sentence_and_changes_nothing(service, changed, said):
    assert said in service.refused(post(service, **changed), 422)
    assert service.http.get("/v1/jobs").json() == {"items": [], "next": None}


def test_a_recipe_can_be_asked_for_by_name_and_is_written_out(service):
    job = post(service, recipe="fast").json()

    assert job["recipe"]["schedule"] == "one_cycle"
    assert post(service, recipe=job["recipe"]).json()["recipe_hash"] == job["recipe_hash"]


def test_a_recipe_stores_the_changes_of_images_that_it_asks_for_and_no_others(service):
    changes = {"augmentation_policy": "trivial_augment", "erasing": 0.25, "mix": "cutmix"}
    plain, changed = (
        post(service, recipe=recipe).json()
        for recipe in ({"augmentation": "resized_crop_and_flip"}, changes)
    )

    assert plain["recipe"]["augmentation"] == "resized_crop_and_flip"
    assert not {*changes, "colour_jitter"} & plain["recipe"].keys()
    assert {name: changed["recipe"][name] for name in changes} == changes
    assert "colour_jitter" not in changed["recipe"]
    assert len({plain["recipe_hash"], changed["recipe_hash"]}) == 2


def test_numbers_that_are_not_finite_are_refused(service):
    for number in ("NaN", "Infinity", "-Infinity", "1e999"):
        answer = service.http.post(
            "/v1/jobs",
            content='{"dataset": "digits", "architecture": "cnn",'
            f' "recipe": {{"learning_rate": {number}}}}}',
            headers={"Content-Type": "application/json"},
        )
        assert "learning_rate" in service.refused(answer, 422)


def test_a_missing_job_is_a_404(service):
    assert "no job 'abc'" in service.refused(service.http.get("/v1/jobs/abc"), 404)
    service.refused(service.http.get("/v1/jobs/latest"), 404)


def test_pages_follow_one_another_newest_first(service):
    made = [post(service, seed=seed).json()["id"] for seed in range(5)]

    seen, cursor = [], None
    while True:
        parameters = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = service.http.get("/v1/jobs", params=parameters).json()
        seen += [job["id"] for job in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break

    assert seen == made[::-1]


def test_a_list_is_filtered(service):
    post(service)
    other = post(service, architecture="fully_connected").json()

    found = service.http.get("/v1/jobs", params={"architecture": "fully_connected"}).json()

    assert [job["id"] for job in found["items"]] == [other["id"]]
    assert service.http.get("/v1/jobs", params={"status": "running"}).json()["items"] == []
    assert "status" in service.refused(service.http.get("/v1/jobs?status=done"), 422)


def test_a_waiting_job_is_cancelled_at_once_once_and_can_be_retried(service):
    job = post(service).json()["id"]

    assert service.http.post(f"/v1/jobs/{job}/cancel").json()["status"] == "cancelled"
    assert "ended" in service.refused(service.http.post(f"/v1/jobs/{job}/cancel"), 409)
    assert service.http.post(f"/v1/jobs/{job}/retry").json()["status"] == "queued"
    assert "neither" in service.refused(service.http.post(f"/v1/jobs/{job}/retry"), 409)


def test_the_same_key_and_body_make_one_job_and_another_body_is_refused(service):
    headers = {"Idempotency-Key": "key-1"}
    first = service.http.post("/v1/jobs", json=BODY, headers=headers)
    again = service.http.post("/v1/jobs", json=BODY, headers=headers)
    other = service.http.post("/v1/jobs", json={**BODY, "seed": 1}, headers=headers)

    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json() == first.json()
    assert again.headers["Location"] == first.headers["Location"]
    assert "key-1" in service.refused(other, 422)
    assert len(service.http.get("/v1/jobs").json()["items"]) == 1


def test_a_request_that_was_refused_leaves_its_key_free(service):
    headers = {"Idempotency-Key": "key-2"}
    service.refused(
        service.http.post("/v1/jobs", json={**BODY, "architecture": "cn"}, headers=headers), 422
    )

    assert service.http.post("/v1/jobs", json=BODY, headers=headers).status_code == 202


def test_a_finished_job_has_a_result_and_a_model(trained):
    job = trained.http.get("/v1/jobs/latest").json()

    assert job["status"] == "succeeded"
    assert job["result"]["test"]["images"] == 297
    assert job["model_id"] == trained.http.get("/v1/models/latest").json()["id"]
    assert job["progress"] is None
    listed = trained.http.get("/v1/jobs").json()["items"]
    assert [job["result"] for job in listed] == [None] * 4


def test_metrics_are_the_same_as_json_and_as_csv(trained):
    as_json = trained.http.get("/v1/jobs/latest/metrics").json()
    as_csv = trained.http.get("/v1/jobs/latest/metrics.csv")

    assert as_csv.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(as_csv.text)))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert [float(row["test_accuracy"]) for row in rows] == [
        epoch["test_accuracy"] for epoch in as_json["epochs"]
    ]
    assert any(name.startswith("gradient_norm/") for name in as_json["epochs"][0])


def test_metrics_of_a_job_that_has_not_begun_are_empty(service):
    post(service)

    assert service.http.get("/v1/jobs/latest/metrics").json()["epochs"] == []
    assert service.http.get("/v1/jobs/latest/metrics.csv").text.strip() == "epoch"


def test_an_ended_job_cannot_be_cancelled(trained):
    trained.refused(trained.http.post("/v1/jobs/latest/cancel"), 409)


def test_a_job_that_fails_says_why_and_makes_no_model(service, npz):
    service.http.put("/v1/datasets/mine", content=npz())
    recipe = {"epochs": 1, "optimizer": "sgd", "learning_rate": 10}
    job = post(service, dataset="mine", architecture="deep_fully_connected", recipe=recipe).json()
    for file in service.settings.data.rglob(f"{job['dataset_sha256']}*"):
        file.unlink()

    service.work()

    ended = service.http.get(f"/v1/jobs/{job['id']}").json()
    assert ended["status"] == "failed"
    assert "nothing goes on with other data" in ended["error"]
    assert ended["model_id"] is None
    answer = service.http.post(f"/v1/models/{job['id']}/predictions", content=b"x")
    assert "failed" in service.refused(answer, 404)


def test_the_kinds_of_job_are_the_files_of_workers_kinds(service):
    document = service.http.get("/openapi.json").json()
    [kind] = [
        parameter
        for parameter in document["paths"]["/v1/jobs"]["get"]["parameters"]
        if parameter["name"] == "kind"
    ]
    [accepted, _] = kind["schema"]["anyOf"]

    assert document["components"]["schemas"]["JobDocument"]["properties"]["kind"]["enum"] == [
        *KINDS
    ]
    assert accepted["enum"] == [*KINDS]


def test_jobs_are_listed_by_kind_and_an_unknown_one_is_refused_with_those_there_are(service):
    post(service)
    service.http.post("/v1/datasets/digits/fetch")

    listed = service.http.get("/v1/jobs", params={"kind": "fetch"}).json()["items"]
    sentence = service.refused(service.http.get("/v1/jobs", params={"kind": "trian"}), 422)

    assert [job["kind"] for job in listed] == ["fetch"]
    assert all(name in sentence for name in KINDS)


def test_batches_of_one_image_are_refused_where_a_network_cannot_normalise_them(service):
    normalises = {"name": "fully_connected", "label": "normalised", "options": {"batch_norm": True}}
    recipe = {"batch_size": 1, "epochs": 1}
    job = {"dataset": "digits", "architecture": "resnet18", "recipe": recipe}
    comparison = {"dataset": "digits", "architectures": ["cnn", normalises], "recipe": recipe}

    failed = service.http.post("/v1/jobs", json=job).json()["id"]  # digits has not been fetched yet
    service.work()
    assert "a batch_size of 2 or more" in service.http.get(f"/v1/jobs/{failed}").json()["error"]
    for path, body in (("/v1/jobs", job), ("/v1/comparisons", comparison)):
        refusal = service.refused(service.http.post(path, json=body), 422)
        assert "a batch_size of 2 or more" in refusal

    accepted = service.http.post("/v1/jobs", json={**job, "architecture": "fully_connected"})
    assert accepted.status_code == 202
