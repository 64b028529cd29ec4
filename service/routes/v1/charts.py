"""A comparison, a job or a model as pictures, and a comparison as one report."""

import hashlib
import pathlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import matplotlib as mpl
from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from pydantic import BaseModel, Field

import service
from service.analysis.results import ComparisonResults
from service.charts import charts
from service.charts.drawing.cache import ChartCache
from service.charts.drawing.render import MEDIA_TYPES, WIDTH, render, title_of
from service.charts.drawing.themes import Theme
from service.dependencies import JobResults, ModelResults, Results
from service.errors import refusals
from service.reports.report import report_html, report_markdown

router = APIRouter(prefix="/v1", tags=["charts"])


def _fingerprint_of_code() -> str:
    """What draws: kept charts outlive a restart, but not a change of the code or of matplotlib."""
    root = pathlib.Path(service.__file__).parent
    found = hashlib.sha256(mpl.__version__.encode())
    for room in ("analysis", "charts", "reports", "results"):
        for file in sorted((root / room).rglob("*")):
            if file.suffix in {".py", ".html", ".md"}:
                found.update(file.read_bytes())
    return found.hexdigest()


CODE = _fingerprint_of_code()


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


Asked = Annotated[Picture, Depends()]


class Answers:
    """Answers with what is kept, or made now; with 304 where the client has it already."""

    def __init__(
        self, request: Request, if_none_match: Annotated[str | None, Header()] = None
    ) -> None:
        self._kept: ChartCache = request.app.state.chart_cache
        self._has = if_none_match or ""

    def answer(self, key: str, make: Callable[[], bytes], media_type: str) -> Response:
        """The content that `key` names as a response with an ETag."""
        etag = f'"{key}"'
        headers = {"ETag": etag, "Cache-Control": "no-cache"}
        if etag in self._has:
            return Response(status_code=304, headers=headers)
        return Response(self._kept.get(key, make), media_type=media_type, headers=headers)


Keeping = Annotated[Answers, Depends()]


def _document(media_type: str) -> dict[str, Any]:
    return {
        "response_class": Response,
        "responses": {
            200: {"content": {media_type: {}}},
            304: {"description": "The report is still the one the client has"},
            **refusals(404, 409),
        },
    }


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
def draw_chart(results: Results, asked: Asked, keeping: Keeping) -> Response:
    """One chart as PNG or SVG, or as JSON the numbers behind it. Carries an ETag."""
    return _draw(results, asked, keeping)


@router.get(
    "/jobs/{job_id}/charts/{chart}.{suffix}", summary="Draw a chart of a job", **OF_A_PICTURE
)
def draw_job_chart(results: JobResults, asked: Asked, keeping: Keeping) -> Response:
    """One chart of a training that has succeeded. Carries an ETag."""
    return _draw(results, asked, keeping)


@router.get(
    "/models/{model_id}/charts/{chart}.{suffix}", summary="Draw a chart of a model", **OF_A_PICTURE
)
def draw_model_chart(results: ModelResults, asked: Asked, keeping: Keeping) -> Response:
    """One chart of the training a model came from. Carries an ETag."""
    return _draw(results, asked, keeping)


@router.get("/comparisons/{comparison_id}/report.html", summary="Report", **_document("text/html"))
def show_report(results: Results, keeping: Keeping) -> Response:
    """The comparison as one self-contained page, to read, print and pass on. Carries an ETag."""
    return _report(results, keeping, "html", report_html)


@router.get(
    "/comparisons/{comparison_id}/report.md",
    summary="Report as Markdown",
    **_document("text/markdown"),
)
def show_markdown_report(results: Results, keeping: Keeping) -> Response:
    """The same in Markdown, without the pictures. Carries an ETag."""
    return _report(results, keeping, "markdown", report_markdown)


def _list() -> ChartList:
    return ChartList(
        items=[
            ChartDocument(name=name, title=title_of(name), description=charts.description(name))
            for name in charts
        ]
    )


def _draw(results: ComparisonResults, asked: Picture, keeping: Answers) -> Response:
    draw = charts[asked.chart]
    results.any_result  # noqa: B018 - says so if there is nothing to draw yet

    def make() -> bytes:
        return render(draw(results), asked.suffix, width=asked.width, theme=asked.theme)

    key = _key(results, asked.chart, asked.suffix, asked.theme, asked.width)
    return keeping.answer(key, make, MEDIA_TYPES[asked.suffix])


def _report(
    results: ComparisonResults,
    keeping: Answers,
    form: str,
    write: Callable[[ComparisonResults], str],
) -> Response:
    key = _key(results, "report", form)
    return keeping.answer(key, lambda: write(results).encode(), f"text/{form}; charset=utf-8")


def _key(results: ComparisonResults, *what: object) -> str:
    """A name for everything it is made from: another one when a run, an epoch or a latency comes in."""
    state = [
        (run.job_id, run.status, run.num_epochs, (run.latency or {}).get("job_id"))
        for run in results.runs
    ]
    text = f"{CODE} {results.id} {what} {state} {bool(results.test_images)}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]
