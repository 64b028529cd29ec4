"""Numbers in bodies are numbers: true is not 1, and "5" is a text."""

from collections.abc import Iterator
from typing import Any

import pytest

from models import architectures
from service.app import create_app
from service.requests.architecture_options import options_form
from service.requests.fields import Form
from tests.service.conftest import Service
from workers.settings import Settings

JOB: dict[str, Any] = {"dataset": "digits", "architecture": "cnn"}
COMPARISON: dict[str, Any] = {"dataset": "digits", "architectures": ["cnn"]}


def numbers_in(schema: Any) -> Iterator[dict[str, Any]]:
    """The parts of a core schema of pydantic that are numbers."""
    if isinstance(schema, dict):
        if schema.get("type") in {"int", "float"}:
            yield schema
        for key, part in schema.items():
            if key not in {"metadata", "json_schema_input_schema"}:  # documentation
                yield from numbers_in(part)
    elif isinstance(schema, list | tuple):
        for part in schema:
            yield from numbers_in(part)


def forms(of: type[Form] = Form) -> Iterator[type[Form]]:
    for form in of.__subclasses__():
        yield form
        yield from forms(form)


def test_every_number_of_every_body_and_of_every_option_is_strict() -> None:
    create_app(Settings(device="cpu"))  # imports all that has a body
    bodies = [*forms(), *(options_form(name) for name in [*architectures, "timm/resnet18"])]
    found = [
        (body.__name__, number)
        for body in bodies
        for number in numbers_in(body.__pydantic_core_schema__)
    ]

    assert len(found) > 20
    assert [each for each in found if not each[1].get("strict")] == []


@pytest.mark.parametrize(
    ("path", "body", "sentence"),
    [
        ("jobs", {**JOB, "seed": True}, "seed"),
        ("jobs", {**JOB, "priority": False}, "priority"),
        ("jobs", {**JOB, "fold": True, "folds": 2}, "fold"),
        ("jobs", {**JOB, "recipe": {"epochs": True}}, "epochs"),
        ("jobs", {**JOB, "recipe": {"epochs": "5"}}, "epochs"),
        ("jobs", {**JOB, "recipe": {"learning_rate": True}}, "learning_rate"),
        ("jobs", {**JOB, "recipe": {"test_flips": 1}}, "test_flips"),
        ("jobs", {**JOB, "options": {"stem_stride": True}}, "stem_stride"),
        ("jobs", {**JOB, "options": {"dropout": True}}, "dropout"),
        ("comparisons", {**COMPARISON, "seeds": True}, "seeds"),
        ("comparisons", {**COMPARISON, "seeds": [True]}, "seeds"),
        ("comparisons", {**COMPARISON, "folds": True}, "folds"),
        ("models/latest/latency", {"threads": [True]}, "threads"),
        ("models/latest/latency", {"batch_sizes": [True]}, "batch_sizes"),
        ("models/latest/quantise", {"images": True}, "images"),
        ("models/latest/quantise", {"margin": True}, "margin"),
    ],
)
def test_a_boolean_or_a_text_is_refused_where_a_number_is_asked_for(
    untouched: Service, path: str, body: dict[str, Any], sentence: str
) -> None:
    answer = untouched.http.post(f"/v1/{path}", json=body)

    assert sentence in untouched.refused(answer, 422)


def test_a_whole_number_is_accepted_where_a_real_one_is_asked_for(service: Service) -> None:
    answer = service.http.post("/v1/jobs", json={**JOB, "recipe": {"learning_rate": 1}})

    assert answer.status_code == 202
    assert answer.json()["recipe"]["learning_rate"] == 1
