"""A comparison, a job or a model as charts, and a comparison as a report."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, Field

from service.analysis.results import ComparisonResults
from service.charts import charts, make_chart, make_picture, title_of
from service.charts.drawing.cache import cache_key
from service.charts.drawing.render import MEDIA_TYPES, WIDTH, render
from service.charts.drawing.themes import Theme
from service.dependencies import JobResults, ModelResults, Results
from service.errors import refusals
from service.reports.report import report_html, report_markdown
from service.requests.fields import Name
from service.results.comparisons import require_label
from service.routes._cached_responses import CachedResponses, Responses
from service.routes._downloads import describe_conditional

router = APIRouter(prefix="/v1", tags=["charts"])


class ChartDocument(BaseModel):
    """A chart that can be drawn."""

    name: str = Field(examples=["learning_curves"])
    title: str
    description: str


class ChartList(BaseModel):
    """Every chart; there is no second page."""

    items: list[ChartDocument]
    next: None = None


@dataclass(frozen=True)
class ChartOptions:
    """Which chart, in which format, and how it looks."""

    chart: Annotated[str, Path(max_length=64, examples=["learning_curves"])]
    suffix: Annotated[Literal["png", "svg", "json"], Path(examples=["png"])]
    theme: Annotated[Theme, Query(description="light or dark background")] = Theme.LIGHT
    width: Annotated[int, Query(ge=320, le=4000, description="in pixels")] = WIDTH


def _shown(
    results: Results,
    architecture: Annotated[
        list[Name], Query(max_length=50, description="labels; by default all")
    ] = [],  # noqa: B006 - FastAPI copies it
) -> ComparisonResults:
    """The results of some architectures alone, each in the colour that it has among all."""
    for label in architecture:
        require_label(results, label)
    if not architecture:
        return results
    return replace(
        results, runs=tuple(run for run in results.runs if run.architecture in architecture)
    )


Shown = Annotated[ComparisonResults, Depends(_shown)]
Options = Annotated[ChartOptions, Depends()]


CHART = describe_conditional("chart", MEDIA_TYPES.values(), 404, 409, 410, 422)


@router.get(
    "/comparisons/{comparison_id}/charts", summary="List charts", responses=refusals(404, 410)
)
def list_charts(results: Results) -> ChartList:
    """Every chart of a comparison; fetch one as .png, .svg or .json."""
    del results
    return _list()


@router.get(
    "/jobs/{job_id}/charts", summary="List charts of a job", responses=refusals(404, 409, 410)
)
def list_job_charts(results: JobResults) -> ChartList:
    """Every chart of a training; fetch one as .png, .svg or .json."""
    del results
    return _list()


@router.get(
    "/models/{model_id}/charts", summary="List charts of a model", responses=refusals(404, 410)
)
def list_model_charts(results: ModelResults) -> ChartList:
    """Every chart of the training a model came from; fetch one as .png, .svg or .json."""
    del results
    return _list()


@router.get("/comparisons/{comparison_id}/charts/{chart}.{suffix}", summary="Draw a chart", **CHART)
def draw_chart(results: Shown, options: Options, responses: Responses) -> Response:
    """One chart as PNG or SVG, or as JSON the numbers behind it. Carries an ETag."""
    return _draw(results, options, responses)


@router.get("/jobs/{job_id}/charts/{chart}.{suffix}", summary="Draw a chart of a job", **CHART)
def draw_job_chart(results: JobResults, options: Options, responses: Responses) -> Response:
    """One chart of a training that has succeeded. Carries an ETag."""
    return _draw(results, options, responses)


@router.get(
    "/models/{model_id}/charts/{chart}.{suffix}", summary="Draw a chart of a model", **CHART
)
def draw_model_chart(results: ModelResults, options: Options, responses: Responses) -> Response:
    """One chart of the training a model came from. Carries an ETag."""
    return _draw(results, options, responses)


@router.get(
    "/comparisons/{comparison_id}/report.html",
    summary="Report",
    **describe_conditional("report", ["text/html"], 404, 409, 410),
)
def show_report(results: Results, responses: Responses) -> Response:
    """The comparison as one self-contained page, to read, print and pass on. Carries an ETag."""
    return _report(results, responses, "html", report_html)


@router.get(
    "/comparisons/{comparison_id}/report.md",
    summary="Report as Markdown",
    **describe_conditional("report", ["text/markdown"], 404, 409, 410),
)
def show_markdown_report(results: Results, responses: Responses) -> Response:
    """The same in Markdown, without the pictures. Carries an ETag."""
    return _report(results, responses, "markdown", report_markdown)


def _list() -> ChartList:
    return ChartList(
        items=[
            ChartDocument(name=name, title=title_of(name), description=charts.description(name))
            for name in charts
        ]
    )


def _draw(
    results: ComparisonResults, options: ChartOptions, responses: CachedResponses
) -> Response:
    charts[options.chart]  # UnknownNameError before NoResultError
    results.require_result()

    def draw() -> bytes:
        make = make_chart if options.suffix == "json" else make_picture
        chart = make(options.chart, results)
        return render(chart, options.suffix, width=options.width, theme=options.theme)

    key = cache_key(options, _state(results))
    return responses.respond(key, draw, MEDIA_TYPES[options.suffix])


def _report(
    results: ComparisonResults,
    responses: CachedResponses,
    form: str,
    write: Callable[[ComparisonResults], str],
) -> Response:
    key = cache_key("report", form, _state(results), results.dataset_checks())
    return responses.respond(key, lambda: write(results).encode(), f"text/{form}; charset=utf-8")


def _state(results: ComparisonResults) -> tuple[object, ...]:
    """Everything that is drawn: it changes when a run, an epoch, a latency or the images come in."""
    runs = [
        (run.job_id, run.status, run.num_epochs, (run.latency or {}).get("job_id"))
        for run in results.runs
    ]
    return (results.id, results.name, runs, results.test_images.are_stored())
