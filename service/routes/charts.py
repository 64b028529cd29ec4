"""A comparison, a job or a model as pictures, and a comparison as one report."""

import hashlib
from dataclasses import dataclass
from importlib.metadata import version
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Path, Query, Response
from fastapi.responses import HTMLResponse, PlainTextResponse
from pydantic import BaseModel, Field

from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.kept import kept
from service.charts.render import MEDIA_TYPES, WIDTH, render, title_of
from service.charts.themes import Theme
from service.comparison_results import JobResults, ModelResults, Results
from service.errors import refusals
from service.report import report_html, report_markdown

router = APIRouter(prefix="/v1", tags=["charts"])

VERSION = version("bakeoff")  # another version may draw it in another way


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
class Picture:
    """Which chart, in which form and look, and which the client has already."""

    chart: Annotated[str, Path(max_length=64, examples=["learning_curves"])]
    suffix: Annotated[Literal["png", "svg", "json"], Path(examples=["png"])]
    theme: Annotated[Theme, Query(description="the ground it stands on")] = Theme.LIGHT
    width: Annotated[int, Query(ge=320, le=4000, description="in pixels")] = WIDTH
    if_none_match: Annotated[str | None, Header()] = None


Asked = Annotated[Picture, Depends()]
OF_A_PICTURE: dict[str, Any] = {
    "response_class": Response,
    "responses": {
        200: {"content": {media_type: {} for media_type in MEDIA_TYPES.values()}},
        304: {"description": "The chart is still the one the client has"},
        **refusals(404, 409, 422),
    },
}


@router.get("/comparisons/{comparison_id}/charts", summary="List charts", responses=refusals(404))
def list_charts(results: Results) -> ChartList:
    """Every chart of a comparison; fetch one as .png, .svg or .json."""
    del results
    return _list()


@router.get("/jobs/{job_id}/charts", summary="List charts of a job", responses=refusals(404, 409))
def list_job_charts(results: JobResults) -> ChartList:
    """Every chart of a training; fetch one as .png, .svg or .json."""
    del results
    return _list()


@router.get("/models/{model_id}/charts", summary="List charts of a model", responses=refusals(404))
def list_model_charts(results: ModelResults) -> ChartList:
    """Every chart of the training a model came from; fetch one as .png, .svg or .json."""
    del results
    return _list()


@router.get(
    "/comparisons/{comparison_id}/charts/{chart}.{suffix}", summary="Draw a chart", **OF_A_PICTURE
)
def draw_chart(results: Results, asked: Asked) -> Response:
    """One chart as PNG or SVG, or as JSON the numbers behind it. Carries an ETag."""
    return _draw(results, asked)


@router.get(
    "/jobs/{job_id}/charts/{chart}.{suffix}", summary="Draw a chart of a job", **OF_A_PICTURE
)
def draw_job_chart(results: JobResults, asked: Asked) -> Response:
    """One chart of a training that has succeeded. Carries an ETag."""
    return _draw(results, asked)


@router.get(
    "/models/{model_id}/charts/{chart}.{suffix}", summary="Draw a chart of a model", **OF_A_PICTURE
)
def draw_model_chart(results: ModelResults, asked: Asked) -> Response:
    """One chart of the training a model came from. Carries an ETag."""
    return _draw(results, asked)


@router.get(
    "/comparisons/{comparison_id}/report.html",
    summary="Report",
    response_class=HTMLResponse,
    responses=refusals(404, 409),
)
def show_report(results: Results) -> HTMLResponse:
    """The comparison as one self-contained page, to read, print and pass on."""
    content = kept.get(_etag(results, "report"), lambda: report_html(results).encode())
    return HTMLResponse(content)


@router.get(
    "/comparisons/{comparison_id}/report.md",
    summary="Report as Markdown",
    response_class=PlainTextResponse,
    responses=refusals(404, 409),
)
def show_markdown_report(results: Results) -> PlainTextResponse:
    """The same in Markdown, without the pictures."""
    return PlainTextResponse(report_markdown(results), media_type="text/markdown; charset=utf-8")


def _list() -> ChartList:
    return ChartList(
        items=[
            ChartDocument(name=name, title=title_of(name), description=charts.description(name))
            for name in charts
        ]
    )


def _draw(results: ComparisonResults, asked: Picture) -> Response:
    draw = charts[asked.chart]
    etag = _etag(results, asked.chart, asked.suffix, asked.theme, asked.width)
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if asked.if_none_match and etag in asked.if_none_match:
        return Response(status_code=304, headers=headers)
    results.any_result  # noqa: B018 - says so if there is nothing to draw yet

    def make() -> bytes:
        return render(draw(results), asked.suffix, width=asked.width, theme=asked.theme)

    return Response(kept.get(etag, make), media_type=MEDIA_TYPES[asked.suffix], headers=headers)


def _etag(results: ComparisonResults, *what: object) -> str:
    # Everything it is made from: it changes when a run ends, an epoch comes in or a latency does.
    state = [
        (run.job_id, run.status, len(run.curve("test_loss")), (run.latency or {}).get("job_id"))
        for run in results.runs
    ]
    text = f"{VERSION} {results.id} {what} {state}"
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:20]}"'
