"""Paired tests between the architectures of a comparison."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from service.analysis.leaderboard import leaderboard
from service.analysis.notes import notes
from service.analysis.pair_statistics import MARGIN, Statistics
from service.analysis.paired_tests import compare_pairs
from service.analysis.verdicts import verdicts
from service.charts.drawing.cache import cache_key
from service.dependencies import Id, Reader
from service.errors import refusals
from service.results.comparisons import ResultsReader
from service.routes._cached_responses import Responses
from workers.queue import comparisons
from workers.storage.tables import Comparison

router = APIRouter(prefix="/v1/comparisons/{comparison_id}", tags=["comparisons"])


class StatisticsDocument(Statistics):
    """The tests, and the sentences that they justify."""

    verdicts: list[str] = Field(
        description="of the best architecture first; beyond six pairs of it alone",
        examples=[["No difference could be shown between cnn and resnet18: …"]],
    )
    notes: list[str] = Field(
        description="what makes architectures of one recipe unequal: weights that had been trained before,"
        " and fields that do not apply to heads",
        examples=[
            [
                "timm/resnet18 (a1_in1k) had been trained before, on images that were not checked"
                " against these; cnn had not."
            ]
        ],
    )


@router.get(
    "/statistics",
    summary="Test every pair",
    response_model=StatisticsDocument,
    responses={
        304: {"description": "No training has ended since the answer that the client has"},
        **refusals(404, 409, 410, 422),
    },
)
def show_statistics(
    comparison_id: Id,
    reader: Reader,
    responses: Responses,
    margin: Annotated[
        float,
        Query(gt=0, le=0.5, description="differences of accuracy below it count as equivalent"),
    ] = MARGIN,
) -> Response:
    """Every two architectures on the same test images, seeds and folds: intervals, tests, flips, verdicts.

    Carries an ETag.
    """
    comparison = comparisons.get(reader.session, comparison_id)
    jobs = comparisons.jobs_without_results(reader.session, comparison)
    state = [(job.id, job.status, job.token) for job in jobs]
    key = cache_key("statistics", comparison.id, margin, state)
    return responses.respond(
        key,
        lambda: _test(reader, comparison, margin).model_dump_json().encode(),
        "application/json",
    )


def _test(reader: ResultsReader, comparison: Comparison, margin: float) -> StatisticsDocument:
    results = reader.comparison(comparison.id)
    results.require_result()
    tested = compare_pairs(results, margin=margin)
    rows = leaderboard(results)
    return StatisticsDocument(**dict(tested), verdicts=verdicts(tested, rows), notes=notes(rows))
