"""The application: settings in, routes found by being there."""

import importlib
import pkgutil
from pathlib import Path
from typing import Any

import fastapi_offline
from fastapi import FastAPI
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles

from service import errors, routes
from service.inference.predictor import PredictorCache
from service.observation import Observation
from service.security import SecurityHeaders
from workers import tables
from workers.artifacts import ArtifactStore
from workers.database import engine
from workers.settings import Settings, settings

DESCRIPTION = """
Trains image classifiers side by side, with the same data, order, recipe and seeds, says which is
better, and serves it. Post a **comparison**, watch its **jobs**, look at its **charts**, ask its
**models** for predictions. `latest` stands for the id of the newest job, comparison or model.
"""


def create_app(settings: Settings) -> FastAPI:
    """The service for `settings`; its database must be migrated."""
    app = FastAPI(
        title="Bakeoff",
        version="0.1.0",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
        license_info=None,
    )
    app.state.settings = settings
    app.state.database = engine(settings.resolved_database_url)
    app.state.artifacts = ArtifactStore(settings.resolved_artifacts_url)
    app.state.predictors = PredictorCache(app.state.artifacts)
    app.state.tables = tables.Base.metadata
    errors.install(app)
    for module in pkgutil.iter_modules(routes.__path__, f"{routes.__name__}."):
        app.include_router(importlib.import_module(module.name).router)
    _serve_documentation(app)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Observation)
    return app


def from_environment() -> FastAPI:
    """The service for the environment's settings; what uvicorn calls."""
    return create_app(settings())


def _operation_id(route: APIRoute) -> str:
    return route.name


def _serve_documentation(app: FastAPI) -> None:
    """/docs and /redoc from our own files: they work without the internet."""
    assets = Path(fastapi_offline.__file__).parent / "static"
    app.mount("/assets", StaticFiles(directory=assets), name="assets")
    swagger: dict[str, Any] = {"tryItOutEnabled": True, "displayRequestDuration": True}

    def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title="Bakeoff",
            swagger_js_url="/assets/swagger-ui-bundle.js",
            swagger_css_url="/assets/swagger-ui.css",
            swagger_favicon_url="/assets/favicon.png",
            swagger_ui_parameters=swagger,
        )

    def redoc() -> HTMLResponse:
        return get_redoc_html(
            openapi_url="/openapi.json",
            title="Bakeoff",
            redoc_js_url="/assets/redoc.standalone.js",
            redoc_favicon_url="/assets/favicon.png",
            with_google_fonts=False,
        )

    app.get("/docs", include_in_schema=False)(docs)
    app.get("/redoc", include_in_schema=False)(redoc)
    app.get("/", include_in_schema=False)(lambda: RedirectResponse("/docs"))
