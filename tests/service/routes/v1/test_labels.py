"""Names, notes and tags of jobs, comparisons and models: written, shown and searched."""

import json
from typing import Any

import pytest

from tests.service.conftest import Service
from tests.service.routes.v1.test_statements import add_comparison, add_job, add_model

ADDED = {"jobs": add_job, "models": add_model, "comparisons": add_comparison}
PATHS = [f"/v1/{kind}/latest" for kind in ADDED]
TEXTS = ["<b>&amp;</b>", "שלום עולם", "🦊" * 100, "'; DROP TABLE jobs; --", "100 % _sure_ \\"]
REFUSED: list[tuple[Any, str]] = [
    ({"name": "a\nb"}, "any text but control characters"),
    ({"name": "a\u0085b"}, "any text but control characters"),
    ({"note": "a\u0000b"}, "line breaks and tabs are accepted"),
    ({"tags": ["a\tb"]}, "any text but control characters"),
    ({"tags": [" "]}, "at least one character"),
    ({"tags": ["a" * 41]}, "at most 40 characters"),
    ({"tags": [str(number) for number in range(21)]}, "20 or fewer items"),
    ({"tags": "keep"}, "array"),
    ({"name": "a" * 101}, "at most 100 characters"),
    ({"note": "a" * 2001}, "at most 2000 characters"),
    ({"nane": "a"}, "did you mean 'name'"),
    ({"name": "half a character: \ud83e"}, "name"),
    ([], "must be a JSON object"),
]


@pytest.fixture
def filled(service: Service) -> Service:
    """An installation with a job, a model and a comparison."""
    for add in ADDED.values():
        add(service)
    return service


def patch(service: Service, path: str, **body: Any) -> dict[str, Any]:
    answer = service.http.patch(path, json=body)
    assert answer.status_code == 200, answer.text
    labels: dict[str, Any] = answer.json()
    return {name: labels[name] for name in ("name", "note", "tags")}


def found(service: Service, kind: str, **query: str) -> list[str]:
    answer = service.http.get(f"/v1/{kind}", params=query)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


@pytest.mark.parametrize("path", PATHS)
def test_what_is_sent_changes_and_what_is_left_out_stays(filled: Service, path: str) -> None:
    patch(filled, path, name="wide", note="two\nlines", tags=["keep"])

    assert patch(filled, path, tags=["b", "a"]) == {
        "name": "wide",
        "note": "two\nlines",
        "tags": ["b", "a"],
    }
    shown = filled.http.get(path).json()
    listed = filled.http.get(path.removesuffix("/latest")).json()["items"][0]
    assert (shown["note"], listed["note"]) == ("two\nlines", "two\nlines")


@pytest.mark.parametrize("path", PATHS)
def test_null_clears_a_field_and_a_comparison_is_called_as_at_first(
    filled: Service, path: str
) -> None:
    before = filled.http.get(path).json()["name"]
    patch(filled, path, name="wide", note="a note", tags=["keep"])

    assert patch(filled, path, name=None, note=None, tags=None) == {
        "name": before,
        "note": None,
        "tags": [],
    }


def test_tags_are_kept_in_small_letters_each_once(filled: Service) -> None:
    tags = ["  Keep ", "keep", "two   words", "E\u0301t\u00e9"]

    assert patch(filled, PATHS[0], tags=tags)["tags"] == ["keep", "two words", "\u00e9t\u00e9"]


@pytest.mark.parametrize("path", PATHS)
def test_any_text_is_kept_as_it_is_and_found_again(filled: Service, path: str) -> None:
    kind = path.split("/")[2]
    row = filled.http.get(path).json()["id"]
    for name in TEXTS:
        assert patch(filled, path, name=name)["name"] == name
        assert found(filled, kind, search=name) == [row], name
        assert found(filled, kind, search=f"{name[:99]}x") == [], name


@pytest.mark.parametrize("path", PATHS)
def test_what_cannot_be_a_label_is_refused_with_the_reason(filled: Service, path: str) -> None:
    before = filled.http.get(path).json()
    for body, why in REFUSED:
        headers = {"Content-Type": "application/merge-patch+json"}
        answer = filled.http.patch(path, content=json.dumps(body), headers=headers)
        assert why in filled.refused(answer, 422), body
        assert filled.http.get(path).json() == before


def test_a_label_on_nothing_is_refused(untouched: Service) -> None:
    for kind in ADDED:
        untouched.refused(untouched.http.patch(f"/v1/{kind}/nothing", json={"name": "a"}), 404)


@pytest.mark.parametrize("kind", ADDED)
def test_a_search_looks_in_name_note_tags_dataset_architecture_and_where_the_id_begins(
    filled: Service, kind: str
) -> None:
    path = f"/v1/{kind}/latest"
    [row, *others] = found(filled, kind)
    patch(filled, path, name="Große Häuser", note="seen ON Monday", tags=["Baseline"])

    for text in ("GROSSE", "hÄUSER", "on monday", "base", row[:6], row.upper()):
        assert found(filled, kind, search=text) == [row], text
    assert found(filled, kind, search="DIGits") == [row, *others]
    assert {row, *others} >= set(found(filled, kind, search="CN")) != set()
    for text in (row[1:], "häuser seen", "%", "c_n"):
        assert found(filled, kind, search=text) == [], text


@pytest.mark.parametrize("kind", ADDED)
def test_a_tag_is_found_whole_and_whatever_its_case(filled: Service, kind: str) -> None:
    patch(filled, f"/v1/{kind}/latest", tags=["keep", "two words"])
    [row, *_] = found(filled, kind)

    for tag in ("keep", "KEEP", " Two  words"):
        assert found(filled, kind, tag=tag) == [row], tag
    for tag in ("kee", "words", "k%", "keep two words"):
        assert found(filled, kind, tag=tag) == [], tag


def test_a_job_that_never_got_a_name_is_found_by_its_tag_alone(filled: Service) -> None:
    patch(filled, "/v1/jobs/latest", tags=["only"])

    assert len(found(filled, "jobs", search="only", tag="only", status="queued")) == 1
    assert found(filled, "jobs", tag="only", status="succeeded") == []


def test_pages_of_a_search_have_every_row_once(service: Service) -> None:
    ids = [add_job(service) for _ in range(7)]
    for job_id in ids[::2]:
        patch(service, f"/v1/jobs/{job_id}", tags=["even"])
    pages, cursor = [], None
    while True:
        query = {"tag": "even", "limit": 3} | ({"cursor": cursor} if cursor else {})
        page = service.http.get("/v1/jobs", params=query).json()
        pages.append([job["id"] for job in page["items"]])
        cursor = page["next"]
        if cursor is None:
            break

    assert [job_id for page in pages for job_id in page] == ids[::2][::-1]
    assert [len(page) for page in pages] == [3, 1]


def test_datasets_are_searched_by_name_and_description(service: Service) -> None:
    def names(search: str) -> list[str]:
        items = service.http.get("/v1/datasets", params={"search": search}).json()["items"]
        return [dataset["name"] for dataset in items]

    assert names("MNIST") == ["fashion_mnist", "mnist"]
    assert names("nothing like it") == []
