"""Paired tests between the architectures of a comparison."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from service.analysis.leaderboard import leaderboard
from service.analysis.pair_statistics import MARGIN, Statistics
from service.analysis.paired_tests import compare_pairs
from service.analysis.verdicts import verdicts
from service.charts.drawing.cache import cache_key
from service.dependencies import Results
from service.errors import refusals
from service.routes._cached_responses import Responses, state_of

router = APIRouter(prefix="/v1/comparisons/{comparison_id}", tags=["comparisons"])


class StatisticsDocument(Statistics):
    """The tests, and the sentences that they justify."""

    verdicts: list[str] = Field(
        description="of the best architecture first; beyond six pairs of it alone",
        examples=[["No difference could be shown between cnn and resnet18: …"]],
    )


@router.get(
    "/statistics",
    summary="Test every pair",
    response_model=StatisticsDocument,
    responses={
        304: {"description": "No result has come in since the answer that the client has"},
        **refusals(404, 409, 410, 422),
    },
)
def show_statistics(
    results: Results,
    responses: Responses,
    margin: Annotated[
        float,
        Query(gt=0, le=0.5, description="differences of accuracy below it count as equivalent"),
    ] = MARGIN,
) -> Response:
    """Every two architectures on the same test images, seeds and folds: intervals, tests, flips, verdicts.

    Carries an ETag.
    """
    results.require_result()

    def make() -> bytes:
        tested = compare_pairs(results, margin=margin)
        sentences = verdicts(tested, leaderboard(results))
        document = StatisticsDocument(**dict(tested), verdicts=sentences)
        return document.model_dump_json().encode()

    return responses.respond(
        cache_key("statistics", margin, state_of(results)), make, "application/json"
    )
