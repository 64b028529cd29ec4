"""The leaderboard of a comparison, sorted, as JSON, CSV or LaTeX."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel

from service.analysis.formats import scored_in_words
from service.analysis.leaderboard import SortBy, leaderboard
from service.analysis.leaderboard_row import LeaderboardRow
from service.analysis.notes import not_applied_in_words
from service.analysis.tables import as_csv, as_latex
from service.dependencies import Results
from service.errors import refusals

router = APIRouter(prefix="/v1/comparisons/{comparison_id}", tags=["comparisons"])

Sort = Annotated[SortBy, Query(description="the best first; of costs that is the lowest")]


def _rows(results: Results, sort: Sort = SortBy.TEST_ACCURACY) -> list[LeaderboardRow]:
    return leaderboard(results, sort=sort)


Rows = Annotated[list[LeaderboardRow], Depends(_rows)]


class Leaderboard(BaseModel):
    """One row for each architecture with a result; there is no second page."""

    items: list[LeaderboardRow]
    next: None = None


@router.get("/leaderboard", summary="Show the leaderboard", responses=refusals(404, 410))
def show_leaderboard(rows: Rows) -> Leaderboard:
    """Every architecture with n, mean, standard deviation and 95 % interval over seeds and folds."""
    return Leaderboard(items=rows)


@router.get(
    "/leaderboard.csv",
    summary="Leaderboard as CSV",
    response_class=PlainTextResponse,
    responses=refusals(404, 410),
)
def show_leaderboard_csv(rows: Rows) -> PlainTextResponse:
    """Every number of the leaderboard, one line for each architecture."""
    return PlainTextResponse(as_csv(rows), media_type="text/csv")


@router.get(
    "/leaderboard.tex",
    summary="Leaderboard as LaTeX",
    response_class=PlainTextResponse,
    responses=refusals(404, 410),
)
def show_leaderboard_latex(results: Results, rows: Rows) -> PlainTextResponse:
    """A table for a paper, with booktabs."""
    counted = f" (n: trainings, {results.n_in_words})" if results.folds else ""
    said = [results.name + counted, scored_in_words(results.recipe), not_applied_in_words(results)]
    text = as_latex(rows, caption="; ".join(filter(None, said)))
    return PlainTextResponse(text, media_type="application/x-tex")
