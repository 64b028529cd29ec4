"""Architectures over HTTP."""

import pytest

from models import architectures
from tests.models.needing_numbers import need_numbers


def test_every_architecture_is_listed_with_its_options(service):
    items = service.http.get("/v1/architectures").json()["items"]

    assert [item["name"] for item in items] == list(architectures)
    cnn = next(item for item in items if item["name"] == "cnn")
    assert cnn["options"]["properties"]["dropout"]["maximum"] == 0.9
    assert cnn["description"]


@pytest.mark.parametrize("name", list(architectures))
def test_an_architecture_is_counted_for_a_dataset(trained, name):
    size = trained.http.get(f"/v1/architectures/{name}", params={"dataset": "digits"}).json()[
        "size"
    ]

    assert size["num_parameters"] == sum(layer["num_parameters"] for layer in size["layers"])
    assert size["flops"] == sum(stage["flops"] for stage in size["stages"]) > 0
    assert size["layers"][-1]["output_shape"] == size["stages"][-1]["output_shape"] == [10]


def test_a_dataset_that_is_absent_unknown_or_strange_is_refused(service):
    for dataset, status in (("mnist", 404), ("nothing", 404), ("../x", 422)):
        answer = service.http.get("/v1/architectures/cnn", params={"dataset": dataset})
        service.refused(answer, status)


def test_an_unknown_architecture_suggests_the_nearest(service):
    answer = service.http.get("/v1/architectures/cn")

    assert service.refused(answer, 404) == "unknown architecture 'cn'; did you mean 'cnn'?"


CATALOGUE = list(architectures.catalogue)


def names_of(answer):
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json()["items"]]


def all_pages(service, **query):
    """The names on all pages, and how many pages there are."""
    names, pages, cursor = [], 0, None
    while pages == 0 or cursor is not None:
        answer = service.http.get(
            "/v1/architectures", params=query | ({"cursor": cursor} if cursor else {})
        )
        names += names_of(answer)
        cursor, pages = answer.json()["next"], pages + 1
    return names, pages


def test_the_whole_catalogue_is_read_page_by_page(untouched):
    assert all_pages(untouched, search="", limit=200) == (CATALOGUE, -(-len(CATALOGUE) // 200))
    first = untouched.http.get("/v1/architectures", params={"search": "", "limit": 30})
    assert names_of(first) == CATALOGUE[:30]


def test_without_a_filter_pages_of_any_length_hold_those_of_bakeoff_alone(untouched):
    own = list(architectures)
    assert all_pages(untouched) == (own, 1)
    assert all_pages(untouched, limit=2) == (own, -(-len(own) // 2))


def test_the_catalogue_is_filtered(untouched):
    found, pages = all_pages(untouched, search="RESNET18", limit=1)
    assert found[:2] == ["resnet18", "timm/resnet18"]
    assert pages == len(found)
    light, _ = all_pages(untouched, max_parameters=1_000_000, pretrained=True)
    assert light
    for name in light:
        entry = architectures.catalogue[name]
        assert entry.num_parameters <= 1_000_000
        assert entry.is_pretrained
    assert all_pages(untouched, search="no such network") == ([], 1)
    assert names_of(untouched.http.get("/v1/architectures", params={"pretrained": False}))[:2] == [
        "cnn",
        "deep_fully_connected",
    ]


@pytest.mark.parametrize(
    "query",
    [
        {"cursor": "x"},
        {"cursor": "-1"},
        {"cursor": "0"},
        {"cursor": "²"},
        {"cursor": "9" * 150},
        {"cursor": "200"},  # which is one of `?search=`
        {"limit": 0},
        {"max_parameters": -1},
        {"pretrained": "perhaps"},
    ],
)
def test_a_page_that_there_is_not_is_refused(untouched, query):
    untouched.refused(untouched.http.get("/v1/architectures", params=query), 422)


def test_a_network_of_timm_is_shown_and_counted_for_a_dataset(trained):
    shown = trained.http.get("/v1/architectures/timm/resnet18").json()
    assert shown["name"] == "timm/resnet18"
    assert shown["pretrained"]
    assert shown["options"]["properties"]["drop_path_rate"]["maximum"] == 0.9
    assert shown["num_parameters"] == 11_181_642

    asked = {"dataset": "digits"}
    size = trained.http.get("/v1/architectures/timm/resnet18", params=asked).json()["size"]
    assert size["num_parameters"] == 11_181_642 - 2 * 64 * 7 * 7  # grey
    assert size["flops"] > 0
    assert size["layers"][-1]["output_shape"] == [10]


def test_networks_that_there_are_not_or_that_refuse_the_images_are_refused(trained):
    for path, status, said in (
        ("resnet51", 404, "did you mean 'timm/resnet5"),
        ("mobilenetv5_300m_enc", 404, "does not classify"),
        ("inception_v3?dataset=digits", 422, "does not take images of 8 × 8 pixels"),
    ):
        answer = trained.http.get(f"/v1/architectures/timm/{path}")
        assert said in trained.refused(answer, status)
    assert "did you mean 'timm/resnet50'?" in trained.refused(
        trained.http.get("/v1/architectures/resnet50"), 404
    )


def test_a_network_that_needs_numbers_has_no_size_for_a_dataset(trained, monkeypatch):
    need_numbers(monkeypatch)

    shown = trained.http.get("/v1/architectures/timm/test_vit", params={"dataset": "digits"})

    assert shown.status_code == 200, shown.text
    assert shown.json()["size"] is None
    assert shown.json()["num_parameters"] > 0
