"""/docs, /redoc and the OpenAPI description behind them, all from our own files.

The addresses in the pages are relative, so that they are right below a path of a proxy too.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import fastapi_offline
from fastapi import FastAPI
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from service.errors import MEDIA_TYPE, Problem, refusals
from service.middleware.security_headers import PAGES_POLICY
from service.security.scopes import ANY, needed_scope

#: FastAPI's schemas of a refusal, which it documents for every route with parameters; ours is Problem.
NOT_OURS = ("HTTPValidationError", "ValidationError")
#: Written by tests/service/response_examples.py: the name of a schema, or of an operation → an answer.
RESPONSE_EXAMPLES = Path(__file__).with_name("response_examples.json")
PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}

#: In the order in which a newcomer needs them, which is the order of /docs.
TAGS = [
    {
        "name": "datasets",
        "description": "The images to train on: fetch a known dataset, or upload your own.",
    },
    {
        "name": "architectures",
        "description": "The networks that can be trained, and the options of each.",
    },
    {
        "name": "comparisons",
        "description": "Train architectures side by side, and read which differences are real.",
    },
    {
        "name": "jobs",
        "description": "Follow, cancel or retry each training, and read its metrics.",
    },
    {
        "name": "models",
        "description": "Trained networks: describe them, download them, give one an alias.",
    },
    {
        "name": "predictions",
        "description": "Classify images with one model, or with every model of a comparison.",
    },
    {
        "name": "charts",
        "description": "Comparisons, jobs and models as pictures, and comparisons as reports.",
    },
    {
        "name": "latency",
        "description": "Measure how long a model takes, by engine and batch size.",
    },
    {
        "name": "weights",
        "description": "Pretrained weights: upload, list and delete files of safetensors.",
    },
    {
        "name": "keys",
        "description": "API keys: make, list and revoke them, with scopes and rate limits.",
    },
    {
        "name": "health",
        "description": "Whether the service is alive and ready, and its metrics for Prometheus.",
    },
    {
        "name": "open inference protocol",
        "description": "The same models for the clients of Triton and KServe.",
    },
]

KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API key with the scope that is named, or `admin`; where keys are used.",
}


def install(app: FastAPI) -> None:
    """Serve the pages and the description; they work without the internet."""
    _describe_refusals(app)
    assets = Path(fastapi_offline.__file__).parent / "static"
    app.mount("/assets", StaticFiles(directory=assets), name="assets")
    app.get("/docs", include_in_schema=False)(_docs)
    app.get("/redoc", include_in_schema=False)(_redoc)


def _docs() -> HTMLResponse:
    return _page(
        get_swagger_ui_html(
            openapi_url="openapi.json",
            title="Bakeoff",
            swagger_js_url="assets/swagger-ui-bundle.js",
            swagger_css_url="assets/swagger-ui.css",
            swagger_favicon_url="assets/favicon.png",
            swagger_ui_parameters={"tryItOutEnabled": True, "displayRequestDuration": True},
        )
    )


def _redoc() -> HTMLResponse:
    return _page(
        get_redoc_html(
            openapi_url="openapi.json",
            title="Bakeoff",
            redoc_js_url="assets/redoc.standalone.js",
            redoc_favicon_url="assets/favicon.png",
            with_google_fonts=False,
        )
    )


def _page(page: HTMLResponse) -> HTMLResponse:
    page.headers["Content-Security-Policy"] = PAGES_POLICY
    return page


def _describe_refusals(app: FastAPI) -> None:
    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
                tags=app.openapi_tags,
                servers=app.servers or None,
            )
            app.openapi_schema = with_examples(with_problems(with_keys(schema)))
        return app.openapi_schema

    # FastAPI's documented way to change the description is to replace this method.
    app.openapi = describe  # type: ignore[method-assign]


def with_keys(schema: dict[str, Any]) -> dict[str, Any]:
    """The same description, with the scope that each operation needs where keys are used."""
    schema["components"]["securitySchemes"] = {"key": KEY}
    for path, item in schema["paths"].items():
        for method, operation in item.items():
            scope = needed_scope(method.upper(), path)
            if scope:
                operation["security"] = [{"key": [] if scope == ANY else [scope]}, {}]
                for status, refusal in refusals(401, 403, 429).items():
                    operation["responses"].setdefault(str(status), dict(refusal))
    return schema


def with_problems(schema: dict[str, Any]) -> dict[str, Any]:
    """The same description, with every refusal as a problem document."""
    for item in schema["paths"].values():
        for operation in item.values():
            for status, response in operation["responses"].items():
                if status.startswith(("4", "5")):
                    response["content"] = PROBLEM
                    if response["description"] == "Validation Error":
                        response["description"] = "Unprocessable Entity"
    schemas = schema["components"]["schemas"]
    schemas["Problem"] = Problem.model_json_schema()
    for name in NOT_OURS:
        schemas.pop(name, None)
    return schema


def with_examples(schema: dict[str, Any]) -> dict[str, Any]:
    """The same description, with an example of every document that is answered."""
    examples = _examples()
    for name, form in schema["components"]["schemas"].items():
        if name in examples:
            form["example"] = examples[name]
    for item in schema["paths"].values():
        for operation in item.values():
            for response in operation["responses"].values():
                content = response.get("content", {}).get("application/json")
                if content is not None and operation["operationId"] in examples:
                    content["example"] = examples[operation["operationId"]]
    return schema


@cache
def _examples() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(RESPONSE_EXAMPLES.read_text())
    return found
