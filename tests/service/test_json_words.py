"""Refused JSON is refused in JSON's words, not in Python's, and at a place that the sender knows."""

import json
import re

import pytest

JOB = {"dataset": "digits", "architecture": "cnn"}
COMPARISON = {"dataset": "digits", "architectures": ["cnn"]}
#: Types of Python, and names that pydantic gives to the branches of a union.
PYTHON = re.compile(r"\b(dict|dictionary|list|tuple|set|str|int|None|instance|function)\b|\[|\(")


@pytest.mark.parametrize(
    ("path", "body", "sentence"),
    [
        ("jobs", {**JOB, "options": 5}, "options: Input should be an object"),
        ("jobs", {**JOB, "recipe": 5}, "recipe: Input should be an object"),
        ("jobs", {**JOB, "recipe": []}, "recipe: Input should be an object"),
        ("jobs", {**JOB, "options": {"channels": 5}}, "Input should be an array"),
        ("jobs", {**JOB, "options": {"channels": [1] * 9}}, "2 or fewer items, not 9"),
        ("comparisons", {**COMPARISON, "architectures": 5}, "architectures: Input should be an array"),
        ("comparisons", {**COMPARISON, "architectures": []}, "1 or more items, not 0"),
        ("comparisons", {**COMPARISON, "architectures": [{"name": 5}]}, "architectures.0.name: "),
        ("comparisons", {**COMPARISON, "architectures": [{}]}, "architectures.0.name: Field required"),
        ("comparisons", {**COMPARISON, "seeds": ["x"]}, "seeds.0: Input should be a valid integer"),
        ("keys", {"name": "x", "scopes": {}}, "scopes: Input should be an array"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_the_words_of_json(untouched, path, body, sentence):
    refusal = untouched.refused(untouched.http.post(f"/v1/{path}", json=body), 422)

    assert sentence in refusal
    assert not PYTHON.search(refusal)


@pytest.mark.parametrize("path", ["jobs", "comparisons", "keys"])
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"[" * 5000 + b"]" * 5000, "too many objects and arrays inside each other"),
        (b'{"dataset":' * 1000 + b"1" + b"}" * 1000, "too many objects and arrays inside each other"),
        (b'{"seed": ' + b"9" * 5000 + b"}", "a number of too many digits"),
        (b'{"dataset": "\xff"}', "not text in UTF-8"),
    ],
)  # fmt: skip
def test_json_that_no_parser_reads_is_refused_for_what_it_is(untouched, path, content, sentence):
    headers = {"Content-Type": "application/json"}
    answer = untouched.http.post(f"/v1/{path}", content=content, headers=headers)

    assert sentence in untouched.refused(answer, 422)


@pytest.mark.parametrize(
    "path", ["/v1/models/latest/predictions", "/v2/models/champion/infer", "/v1/models/latest/explanations"]
)  # fmt: skip
def test_a_prediction_in_json_that_is_too_deep_is_refused_for_that(trained, path):
    content = json.dumps({"instances": 0}).encode().replace(b"0", b"[" * 5000 + b"]" * 5000)
    answer = trained.http.post(path, content=content, headers={"Content-Type": "application/json"})

    sentence = trained.refused(answer, answer.status_code)
    assert 400 <= answer.status_code < 500
    assert "too many objects and arrays inside each other" in sentence
