"""The application, assembled from top to bottom: state, middleware, routers, pages."""

import functools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute
from fastapi.telemetry import TelemetryConfig
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute

from service import documentation, errors
from service.charts.drawing.cache import ChartCache
from service.dashboard import serving as dashboard
from service.explaining.explainer import Explainer
from service.inference.admission import AdmissionControl
from service.inference.model_resolver import ModelResolver
from service.inference.predictor_cache import PredictorCache
from service.live.feed import Feed
from service.metrics import opentelemetry_export
from service.middleware.admission import AdmissionMiddleware
from service.middleware.allowed_hosts import AllowedHosts
from service.middleware.authentication import Authentication, warn_if_open
from service.middleware.body_limit import BodyLimitProblems
from service.middleware.content_coding import ContentCoding
from service.middleware.head_and_options import HeadAndOptions
from service.middleware.request_ids import HEADER, RequestIds
from service.middleware.request_metrics import RequestMetrics
from service.middleware.root_path import RootPath
from service.middleware.security_headers import SecurityHeaders
from service.middleware.trailing_slash import TrailingSlash
from service.query_parameters import refuse_unknown_parameters
from service.results.storage_use import StorageMeter
from service.routes import health
from service.routes.v1 import (
    aliases,
    architectures,
    bundles,
    charts,
    comparison_costs,
    comparison_predictions,
    comparison_trainings,
    comparisons,
    confused_images,
    confusion_matrices,
    curves,
    dataset_checks,
    dataset_classes,
    dataset_images,
    dataset_uploads,
    datasets,
    deletion_previews,
    deletions,
    diagnostics,
    engines,
    events,
    explanations,
    failure_images,
    job_events,
    job_logs,
    job_metrics,
    jobs,
    keys,
    labels,
    latency,
    leaderboards,
    models,
    predictions,
    quantisations,
    statistics,
    storage,
    weights,
)
from service.routes.v2 import inference
from service.routes.v2 import models as v2_models
from service.routes.v2 import server as v2_server
from service.routes.v2 import statistics as v2_statistics
from service.security.key_cache import KeyCache
from workers.datasets.stored.adoption import adopt
from workers.datasets.stored.store import DatasetStore
from workers.observability import telemetry
from workers.settings import Settings
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import open_database
from workers.storage.scratch import remove_abandoned
from workers.weights.store import WeightsStore

DESCRIPTION = """
Trains image classifiers side by side, with the same data, order, recipe and seeds, says which is
better, and serves it. Post a **comparison**, watch its **jobs**, look at its **charts**, ask its
**models** for predictions. `latest` stands for the id of the newest training, comparison or trained
model.
"""

#: That a page of another site may read of an answer, beside those which browsers let it read anyway.
EXPOSED_HEADERS = [
    "Accept-Ranges",
    "Content-Disposition",
    "Content-Range",
    "ETag",
    "Location",
    "Retry-After",
    "Server-Timing",
    HEADER,
]

MAX_BODY_BYTES = 1024**2  # of a body of JSON; routes that take images or archives say otherwise

#: FastAPI keeps a span of each request. Metrics are those of /metrics, and errors are logged.
_TELEMETRY: TelemetryConfig = {
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}

#: In the order in which a newcomer needs them, which is that of /docs. A path that another pattern
#: matches too (`/v2/models/stats`) comes before it.
ROUTERS = (
    datasets.router,
    dataset_uploads.router,
    dataset_images.router,
    dataset_classes.router,
    dataset_checks.router,
    architectures.router,
    comparisons.router,
    comparison_trainings.router,
    comparison_costs.router,
    curves.router,
    leaderboards.router,
    statistics.router,
    diagnostics.router,
    confusion_matrices.router,
    confused_images.router,
    failure_images.router,
    jobs.router,
    labels.router,
    deletion_previews.router,
    deletions.router,
    job_metrics.router,
    job_events.router,
    events.router,
    job_logs.router,
    models.router,
    bundles.router,
    quantisations.router,
    aliases.router,
    engines.router,
    predictions.router,
    comparison_predictions.router,
    explanations.router,
    charts.router,
    latency.router,
    weights.router,
    keys.router,
    health.router,
    storage.router,
    v2_server.router,
    v2_statistics.router,
    v2_models.router,
    inference.router,
)


def create_app(settings: Settings) -> FastAPI:
    """The service for `settings`; its database must be migrated."""
    app = FastAPI(
        title="Bakeoff",
        version=version("bakeoff"),
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # see TrailingSlash
        openapi_tags=documentation.TAGS,
        servers=[{"url": settings.root_path}] if settings.root_path else None,
        generate_unique_id_function=_operation_id,
        lifespan=_lifespan,
        telemetry=_TELEMETRY | {"tracer_provider": telemetry.tracer_provider()},
    )
    _add_state(app, settings)
    _add_middleware(app, settings)
    errors.install(app)
    app.router.routes += _included_routes()
    documentation.install(app)
    dashboard.install(app)
    return app


@functools.cache
def _included_routes() -> list[BaseRoute]:
    """The routes of ROUTERS. FastAPI works out what each one takes once for all that share them."""
    api = APIRouter(generate_unique_id_function=_operation_id)
    for router in ROUTERS:
        api.include_router(
            router,
            dependencies=[Depends(refuse_unknown_parameters)],
            max_body_size=MAX_BODY_BYTES,
        )
    return api.routes


def _add_state(app: FastAPI, settings: Settings) -> None:
    """What lives as long as the application and is asked for by routes."""
    app.state.settings = settings
    app.state.database = open_database(settings.resolved_database_url)
    app.state.artifacts = ArtifactStore(settings.resolved_artifacts_url)
    app.state.datasets = DatasetStore(app.state.artifacts, settings.datasets_folder)
    app.state.datasets.remove_abandoned()
    app.state.weights = WeightsStore(app.state.artifacts, settings.weights_folder)
    app.state.weights.remove_abandoned()
    remove_abandoned(settings.downloads_folder, ["*"])
    adopt(app.state.database, app.state.datasets)
    app.state.predictors = PredictorCache(
        app.state.artifacts, settings.device, max_bytes=settings.predictor_bytes
    )
    app.state.explainer = Explainer(app.state.artifacts, app.state.predictors.placement.device)
    app.state.chart_cache = ChartCache(settings.charts_folder)
    app.state.storage_meter = StorageMeter(settings, app.state.database, app.state.artifacts)
    app.state.resolver = ModelResolver(app.state.database)
    app.state.key_cache = KeyCache(app.state.database, settings)
    app.state.admission = AdmissionControl()
    app.state.feed = Feed(app.state.database)


def _add_middleware(app: FastAPI, settings: Settings) -> None:
    """Add the middleware in the order in which it sees a request."""
    app.user_middleware += [
        Middleware(RequestIds),
        Middleware(RootPath, root_path=settings.root_path),
        Middleware(RequestMetrics),
        *_cross_origin(settings.allowed_origins),
        Middleware(SecurityHeaders, allowed_origins=settings.allowed_origins),
        Middleware(ContentCoding),
        Middleware(AdmissionMiddleware, admission=app.state.admission),
        Middleware(Authentication, keys=app.state.key_cache),
        Middleware(AllowedHosts, keys=app.state.key_cache, names=settings.allowed_hosts),
        Middleware(TrailingSlash),
        Middleware(BodyLimitProblems),
        Middleware(HeadAndOptions),
    ]


def _cross_origin(origins: Sequence[str]) -> list[Middleware]:
    """What lets pages of other sites use the API, with a key of their own; nothing without a site."""
    if not origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=EXPOSED_HEADERS,
        )
    ]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    await warn_if_open(app.state.settings, app.state.key_cache)
    stop_metrics = opentelemetry_export.start(app.state.database)
    yield
    # Here and not behind the server: uvicorn ends the process by the signal that stopped it.
    await run_in_threadpool(stop_metrics)
    await run_in_threadpool(telemetry.stop)
    await app.state.feed.close()
    app.state.resolver.close()


def _operation_id(route: APIRoute) -> str:
    return route.name
