"""A comparison as pictures, and as one report."""

import hashlib
from importlib.metadata import version
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Path, Response
from fastapi.responses import HTMLResponse, PlainTextResponse
from pydantic import BaseModel, Field

from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.render import MEDIA_TYPES, render, title_of
from service.comparison_results import comparison_results
from service.dependencies import Artifacts, Id, ReadSession
from service.errors import refusals
from service.report import report_html, report_markdown

router = APIRouter(prefix="/v1/comparisons/{comparison_id}", tags=["charts"])


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


@router.get("/charts", summary="List charts", responses=refusals(404))
def list_charts(comparison_id: Id, session: ReadSession, artifacts: Artifacts) -> ChartList:
    """Every chart of a comparison; fetch one as .png, .svg or .json."""
    comparison_results(session, artifacts, comparison_id)
    return ChartList(
        items=[
            ChartDocument(name=name, title=title_of(name), description=charts.description(name))
            for name in charts
        ]
    )


@router.get(
    "/charts/{chart}.{suffix}",
    summary="Draw a chart",
    response_class=Response,
    responses={
        200: {"content": {media_type: {} for media_type in MEDIA_TYPES.values()}},
        304: {"description": "The chart is still the one the client has"},
        **refusals(404, 409),
    },
)
def draw_chart(
    comparison_id: Id,
    chart: Annotated[str, Path(max_length=64, examples=["learning_curves"])],
    suffix: Annotated[Literal["png", "svg", "json"], Path(examples=["png"])],
    session: ReadSession,
    artifacts: Artifacts,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """One chart as PNG or SVG, or as JSON the numbers behind it. Carries an ETag."""
    draw = charts[chart]
    results = comparison_results(session, artifacts, comparison_id)
    etag = _etag(results, chart, suffix)
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if if_none_match and etag in if_none_match:
        return Response(status_code=304, headers=headers)
    results.any_result  # noqa: B018 - says so if there is nothing to draw yet
    content = render(draw(results), suffix)
    return Response(content, media_type=MEDIA_TYPES[suffix], headers=headers)


@router.get(
    "/report.html", summary="Report", response_class=HTMLResponse, responses=refusals(404, 409)
)
def show_report(comparison_id: Id, session: ReadSession, artifacts: Artifacts) -> HTMLResponse:
    """The comparison as one self-contained page, to read, print and pass on."""
    return HTMLResponse(report_html(comparison_results(session, artifacts, comparison_id)))


@router.get(
    "/report.md",
    summary="Report as Markdown",
    response_class=PlainTextResponse,
    responses=refusals(404, 409),
)
def show_markdown_report(
    comparison_id: Id, session: ReadSession, artifacts: Artifacts
) -> PlainTextResponse:
    """The same in Markdown, without the pictures."""
    text = report_markdown(comparison_results(session, artifacts, comparison_id))
    return PlainTextResponse(text, media_type="text/markdown; charset=utf-8")


def _etag(results: ComparisonResults, chart: str, suffix: str) -> str:
    # Everything a chart is drawn from: it changes when a run ends or an epoch comes in.
    state = [(run.job_id, run.status, len(run.curve("test_loss"))) for run in results.runs]
    text = f"{VERSION} {results.id} {chart} {suffix} {state}"
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:20]}"'
