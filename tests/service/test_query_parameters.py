"""A query parameter that an address does not have is refused, as an unknown field of a body is."""

import httpx
import pytest


def test_an_unknown_parameter_is_refused_with_the_nearest_and_all_that_are_accepted(untouched):
    answer = untouched.http.get("/v1/jobs", params={"limt": 5})

    sentence = untouched.refused(answer, 422)
    assert "limt: is no parameter of this address; did you mean 'limit'?" in sentence
    assert "cursor" in sentence
    assert answer.json()["errors"][0]["at"] == "limt"


@pytest.mark.parametrize(
    ("method", "path", "sentence"),
    [
        ("GET", "/v1/engines?x=1", "none is accepted here"),
        ("POST", "/v1/jobs?dry_run=true", "none is accepted here"),
        ("GET", "/v1/comparisons/latest/curves?metrics=x", "did you mean 'metric'?"),
        ("PUT", "/v1/datasets/mine?sise=64", "did you mean 'size'?"),
        ("GET", "/v1/jobs?" + "&".join(f"p{number}=1" for number in range(500)), "and 7 more"),
        ("GET", "/v1/jobs?%00=1", "is no parameter"),
        ("GET", "/v2?x", "none is accepted here"),
    ],
)
def test_every_address_says_what_it_takes(untouched, method, path, sentence):
    assert sentence in untouched.refused(untouched.http.request(method, path), 422)


@pytest.mark.parametrize(
    "path", ["/v1/models/latest/predictions?topk=3", "/v2/models/champion/infer?topk=3"]
)
def test_a_prediction_over_a_real_socket_is_refused_too(address, png, path):
    answer = httpx.post(f"{address}{path}", content=png(), headers={"Content-Type": "image/png"})

    assert answer.status_code == 422
    assert "topk: is no parameter of this address" in answer.json()["detail"]


@pytest.mark.parametrize(
    "path", ["/health/live", "/health/ready", "/metrics", "/v2/health/live", "/", "/docs"]
)
def test_probes_scrapers_and_pages_may_be_asked_with_anything(untouched, path):
    assert untouched.http.get(path, params={"_": "1753"}).status_code == 200


def test_every_declared_parameter_is_accepted(untouched):
    for path, item in untouched.http.get("/openapi.json").json()["paths"].items():
        for method, operation in item.items():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "query" and not path.endswith("/events"):
                    query = {parameter["name"]: "x"}
                    answer = untouched.http.request(method, path, params=query)
                    assert "is no parameter" not in answer.text
