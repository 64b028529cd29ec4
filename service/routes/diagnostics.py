"""How the networks of a comparison have learnt, in numbers."""

from fastapi import APIRouter
from pydantic import BaseModel

from service.analysis.gradient_health import GradientHealth, gradient_health
from service.analysis.overfitting import Overfitting, overfitting
from service.comparison_results import comparison_results
from service.dependencies import Artifacts, Id, ReadSession
from service.errors import refusals

router = APIRouter(prefix="/v1/comparisons/{comparison_id}", tags=["comparisons"])


class OverfittingList(BaseModel):
    """Every architecture that has trained an epoch; there is no second page."""

    items: list[Overfitting]
    next: None = None


class GradientFlowList(BaseModel):
    """Every architecture that has trained an epoch; there is no second page."""

    items: list[GradientHealth]
    next: None = None


@router.get("/overfitting", summary="Show overfitting", responses=refusals(404))
def show_overfitting(
    comparison_id: Id, session: ReadSession, artifacts: Artifacts
) -> OverfittingList:
    """From which epoch on each architecture overfits, if it does, and its generalisation gap by epoch."""
    return OverfittingList(items=overfitting(comparison_results(session, artifacts, comparison_id)))


@router.get("/gradient_flow", summary="Show gradient flow", responses=refusals(404))
def show_gradient_flow(
    comparison_id: Id, session: ReadSession, artifacts: Artifacts
) -> GradientFlowList:
    """Gradient norm, update-to-weight ratio and dead ReLUs by layer and epoch, and what stands out."""
    return GradientFlowList(
        items=gradient_health(comparison_results(session, artifacts, comparison_id))
    )
