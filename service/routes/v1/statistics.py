"""Paired tests between the architectures of a comparison."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from service.analysis.leaderboard import leaderboard
from service.analysis.notes import notes
from service.analysis.pair_statistics import MARGIN, Statistics
from service.analysis.paired_tests import compare_pairs
from service.analysis.verdicts import verdicts
from service.dependencies import Results
from service.errors import refusals

router = APIRouter(prefix="/v1/comparisons/{comparison_id}", tags=["comparisons"])


class StatisticsDocument(Statistics):
    """The tests, and the sentences that they justify."""

    verdicts: list[str] = Field(
        description="of the best architecture first; beyond six pairs of it alone",
        examples=[["No difference could be shown between cnn and resnet18: …"]],
    )
    notes: list[str] = Field(
        description="what makes architectures of one recipe unequal: weights that had seen other images,"
        " and fields that do not apply to heads",
        examples=[
            ["timm/resnet18 (a1_in1k) had been trained on other images before; cnn had not."]
        ],
    )


@router.get("/statistics", summary="Test every pair", responses=refusals(404, 409, 410))
def show_statistics(
    results: Results,
    margin: Annotated[
        float,
        Query(gt=0, le=0.5, description="differences of accuracy below it count as equivalent"),
    ] = MARGIN,
) -> StatisticsDocument:
    """Every two architectures on the same test images, seeds and folds: intervals, tests, flips, verdicts."""
    results.require_result()
    tested = compare_pairs(results, margin=margin)
    rows = leaderboard(results)
    return StatisticsDocument(**dict(tested), verdicts=verdicts(tested, rows), notes=notes(rows))
