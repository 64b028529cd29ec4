"""What /docs shows: every operation described, with examples that work and refusals that are named."""

import re

import jsonschema_rs
import pytest

METHODS = {"get", "post", "put", "delete"}


@pytest.fixture(scope="module")
def schema(trained):
    return trained.http.get("/openapi.json").json()


def operations(schema):
    return [
        (method.upper(), path, operation)
        for path, item in schema["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]


def test_every_operation_is_described(schema):
    for method, path, operation in operations(schema):
        assert operation["summary"], (method, path)
        assert operation["description"], (method, path)
        assert operation["tags"], (method, path)
        assert any(status.startswith(("2", "3")) for status in operation["responses"])


def test_the_order_is_that_in_which_a_newcomer_needs_the_calls(schema):
    first = ["datasets", "architectures", "comparisons", "jobs", "models", "predictions"]
    order = [tag["name"] for tag in schema["tags"]]
    in_paths = [tag for _, _, operation in operations(schema) for tag in operation["tags"]]

    assert order[:6] == first
    assert order[-1] == "open inference protocol"
    assert list(dict.fromkeys(in_paths)) == order


def test_every_tag_has_a_sentence(schema):
    for tag in schema["tags"]:
        assert re.fullmatch(r"[A-Z].{20,80}\.", tag["description"]), tag


def test_operation_ids_are_unique_and_speak(schema):
    ids = [operation["operationId"] for _, _, operation in operations(schema)]

    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in ids), ids


def test_every_refusal_is_a_problem_document(schema):
    for method, path, operation in operations(schema):
        refusals = {s: r for s, r in operation["responses"].items() if s.startswith(("4", "5"))}
        if "{" in path or method != "GET":
            assert refusals, (method, path)
        for status, refusal in refusals.items():
            assert list(refusal["content"]) == ["application/problem+json"], (method, path, status)


def test_every_call_about_something_that_can_be_deleted_says_that_it_may_be(schema):
    for method, path, operation in operations(schema):
        if re.search(r"\{(job|comparison|model)_id\}", path):
            assert "410" in operation["responses"], (method, path)


def test_every_operation_with_a_body_has_an_example(schema):
    for method, path, operation in operations(schema):
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            if kind != "application/json":
                continue
            for option in content["schema"].get("anyOf", [content["schema"]]):
                reference = option.get("$ref", "").rpartition("/")[2]
                form = schema["components"]["schemas"].get(reference, {})
                fields = form.get("properties", {}).values()
                has_example = "example" in content or "example" in form or "examples" in form
                assert has_example or any("examples" in field for field in fields), (method, path)


def test_every_document_that_is_answered_has_an_example_of_its_form(schema):
    """Missing or outdated ones are written by `python -m tests.service.response_examples`."""
    named = schema["components"]["schemas"]
    for method, path, operation in operations(schema):
        for status, response in operation["responses"].items():
            for kind, content in response.get("content", {}).items():
                if not kind.endswith("json"):
                    continue
                form = content.get("schema", {})
                reference = form.get("$ref", "").rpartition("/")[2]
                example = content.get("example", named.get(reference, {}).get("example"))
                assert example is not None, (method, path, status)
                validator = jsonschema_rs.validator_for(
                    {**form, "components": schema["components"]}
                )
                wrong = [error.message for error in validator.iter_errors(example)]
                assert wrong == [], (method, path, status)


def test_what_is_of_several_forms_has_no_object_as_default(schema):
    """Generators of clients leave out every call with such a field."""
    for name, form in schema["components"]["schemas"].items():
        for field, declared in form.get("properties", {}).items():
            assert "anyOf" not in declared or not isinstance(declared.get("default"), dict), (
                name,
                field,
            )


#: Checks, weights and logs, which `trained` lacks, and the stream that does not end; they have tests of
#: their own.
NOT_ASKED = {
    "/v1/datasets/{name}/checks",
    "/v1/datasets/{name}/checks/{check}.png",
    "/v1/weights/{name}",
    "/v1/jobs/{job_id}/log",
    "/v1/events",
}


def example_of(parameter):
    found = parameter.get("example", parameter["schema"].get("examples", [None])[0])
    assert found is not None, parameter
    return str(found)


def test_every_get_works_as_it_is_shown_after_one_comparison(trained, schema):
    for method, path, operation in operations(schema):
        if method != "GET" or path in NOT_ASKED:
            continue
        address, query = path, {}
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path":
                example = example_of(parameter)
                address = address.replace("{" + parameter["name"] + "}", example)
            elif parameter["required"]:
                query[parameter["name"]] = example_of(parameter)
        answer = trained.http.get(address, params=query)
        assert answer.status_code == 200, (address, answer.text)


def test_the_pages_ask_for_nothing_from_elsewhere(service):
    for page in ("/docs", "/redoc"):
        text = service.http.get(page).text
        for address in re.findall(r"""(?:src|href|url)\s*[=:]\s*["']([^"']+)["']""", text):
            assert not address.startswith(("/", "http")), "it is not below the path of a proxy"
            if not address.startswith("#"):
                assert service.http.get(f"/{address}").status_code == 200
