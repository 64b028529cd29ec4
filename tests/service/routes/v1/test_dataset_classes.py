"""The classes of a dataset over HTTP."""

from typing import Any


def test_each_class_is_counted_in_each_split(trained: Any) -> None:
    items = trained.http.get("/v1/datasets/digits/classes").json()["items"]
    described = trained.http.get("/v1/datasets/digits").json()

    assert [item["label"] for item in items] == described["classes"]
    for split, size in described["sizes"].items():
        assert sum(item["sizes"][split] for item in items) == size
    query = {"split": "test", "label": "3", "limit": 1}
    shown = trained.http.get("/v1/datasets/digits/images", params=query).json()
    assert items[3]["sizes"]["test"] == shown["total"]


def test_a_class_may_be_missing_in_a_split(service: Any, npz: Any) -> None:
    labels = [0] * 20 + [1] * 20
    service.http.put("/v1/datasets/mine", content=npz(2, y_train=labels, y_test=[0] * 8))

    items = service.http.get("/v1/datasets/mine/classes").json()["items"]

    assert [item["sizes"]["test"] for item in items] == [8, 0]


def test_a_dataset_that_is_not_here_has_no_classes_to_count(untouched: Any) -> None:
    untouched.refused(untouched.http.get("/v1/datasets/mnist/classes"), 404)
