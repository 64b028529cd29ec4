"""Writes service/response_examples.json: answers of a real service, shortened, for /docs.

Run `python -m tests.service.response_examples` after a change of a document.
"""

import json
import re
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save

from service.documentation import RESPONSE_EXAMPLES
from tests.service.conftest import TINY, Service, short_latency, started
from tests.service.keys import bearer, make
from workers.observability.hidden_secrets import hide_secrets

BINARY = {"Content-Type": "application/octet-stream"}
LONGEST_LIST, LONGEST_TEXT = 2, 300
IMAGE = {"instances": [[[0] * 8] * 8]}
TENSOR = {"name": "images", "shape": [1, 1, 8, 8], "datatype": "UINT8", "data": [0] * 64}
COMPARISON = {"dataset": "digits", "architectures": ["fully_connected", "cnn"], "recipe": TINY}
#: Documents that no GET shows, and the requests that do.
ASKED = [
    ("POST", "/v1/comparisons/cost", {"dataset": "digits", "architectures": ["cnn"]}),
    ("POST", "/v1/models/latest/predictions", IMAGE),
    ("POST", "/v1/comparisons/latest/predictions", IMAGE),
    ("POST", "/v1/models/latest/explanations", IMAGE),
    ("POST", "/v2/models/champion/infer", {"inputs": [TENSOR]}),
    ("POST", "/v2/models/champion/versions/1/infer", {"inputs": [TENSOR]}),
    ("POST", "/v2/repository/index", {}),
    ("POST", "/v2/repository/models/champion/load", {}),
    ("PUT", "/v1/aliases/champion", {"model_id": "latest"}),
    ("GET", "/v1/comparisons/latest/charts/accuracy.json", None),
    ("GET", "/v1/jobs/latest/charts/learning_curves.json", None),
    ("GET", "/v1/models/latest/charts/learning_curves.json", None),
]


def record(service: Service) -> dict[str, Any]:
    """The name of a schema, or where it has none of an operation → an example of it."""
    http = service.http
    description = http.get("/openapi.json").json()
    with short_latency():
        for path, body, jobs in (
            ("/v1/comparisons", {**COMPARISON, "seeds": 2}, 4),
            ("/v1/datasets/digits/checks", None, 1),
        ):
            answer = http.post(path, json=body)
            assert answer.status_code == 202, answer.text
            service.work(jobs)
    http.put("/v1/aliases/champion", json={"model_id": "latest"})
    wrong = http.post("/v1/jobs", json={"dataset": "digits", "architecture": "cn"})
    found: dict[str, Any] = {"Problem": wrong.json()}
    for path, item in description["paths"].items():
        if "get" in item and path != "/v1/events":
            _note(found, http.get(_filled(path, item["get"])), item["get"])
    for method, path, body in ASKED:
        answer = http.request(method, path, json=body)
        assert answer.status_code < 300, (path, answer.text)
        _note(found, answer, _operation(description, method, path))
    upload = http.put("/v1/weights/mine", content=save({"bias": np.ones(2)}), headers=BINARY)
    _note(found, upload, _operation(description, "PUT", "/v1/weights/mine"))
    admin = make(service, "admin", requests_per_minute=60).key
    for method, path in (("GET", "/v1/keys"), ("POST", "/v1/keys"), ("GET", "/v1/keys/self")):
        body = {"name": "phone app", "scopes": ["predict"]} if method == "POST" else None
        answer = http.request(method, path, json=body, headers=bearer(admin))
        _note(found, answer, _operation(description, method, path))
    return found


def _filled(path: str, operation: dict[str, Any]) -> str:
    """The address with the examples of its parameters."""
    query = []
    for parameter in operation.get("parameters", []):
        example = parameter.get("example", parameter["schema"].get("examples", [None])[0])
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", str(example))
        elif parameter["required"]:
            query.append(f"{parameter['name']}={example}")
    return f"{path}?{'&'.join(query)}"


def _operation(description: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    plain = {re.sub(r"\{\w+\}", r"[^/]+", known): known for known in description["paths"]}
    known = description["paths"].get(path) and path
    matching = known or next(found for form, found in plain.items() if re.fullmatch(form, path))
    operation: dict[str, Any] = description["paths"][matching][method.lower()]
    return operation


def _note(found: dict[str, Any], answer: Any, operation: dict[str, Any]) -> None:
    content = operation["responses"].get(str(answer.status_code), {}).get("content", {})
    is_json = answer.headers.get("Content-Type") == "application/json"
    if answer.status_code < 300 and is_json and "application/json" in content:
        schema = content["application/json"].get("schema", {})
        name = schema.get("$ref", "").rpartition("/")[2] or operation["operationId"]
        found.setdefault(name, shortened(answer.json()))


def shortened(value: Any) -> Any:
    """The same document with the first entries of its lists alone."""
    if isinstance(value, dict):
        return {name: shortened(part) for name, part in value.items()}
    if isinstance(value, list):
        return [shortened(part) for part in value[:LONGEST_LIST]]
    return value[:LONGEST_TEXT] if isinstance(value, str) else value


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for installed in started(Path(folder) / "data"):
            text = json.dumps(record(installed), indent=1, sort_keys=True, ensure_ascii=False)
            RESPONSE_EXAMPLES.write_text(f"{hide_secrets(text)}\n")
