"""Where a model comes from, and which names stand for it, now and before."""

from typing import Any


def test_a_model_names_dataset_job_and_comparison_and_the_names_that_stand_for_it(
    trained: Any,
) -> None:
    model = trained.http.get("/v1/models/latest").json()
    job = trained.http.get(f"/v1/jobs/{model['job_id']}").json()
    comparison = trained.http.get("/v1/comparisons/latest").json()

    assert model["comparisons"] == [comparison["id"]]
    assert job["id"] in {each["id"] for each in comparison["jobs"]}
    assert model["dataset_sha256"] == job["dataset_sha256"]
    assert model["dataset_split"] == job["dataset_split"]
    assert model["pretrained"] is None
    assert "champion" in model["aliases"]


def test_an_alias_goes_back_to_an_older_model_by_its_id_or_by_a_version(trained: Any) -> None:
    newer, older = (model["id"] for model in trained.http.get("/v1/models?limit=2").json()["items"])
    for target in ({"model_id": older}, {"model_id": newer}, {"model_id": older}, {"version": 2}):
        answer = trained.http.put("/v1/aliases/rolled-back", json=target)
        assert answer.status_code == 200, answer.text

    versions = trained.http.get("/v1/aliases/rolled-back/versions").json()["items"]
    assert [row["model_id"] for row in versions] == [newer, older, newer, older]
    assert "rolled-back" in trained.http.get(f"/v1/models/{newer}").json()["aliases"]
    assert "rolled-back" not in trained.http.get(f"/v1/models/{older}").json()["aliases"]
