"""Diagnostics of the networks of a comparison: overfitting, gradient flow and failures."""

from fastapi import APIRouter
from pydantic import BaseModel

from service.analysis.failures import Failures, failures
from service.analysis.gradient_health import GradientHealth, gradient_health
from service.analysis.overfitting import Overfitting, overfitting
from service.dependencies import Results
from service.errors import refusals

router = APIRouter(prefix="/v1/comparisons/{comparison_id}", tags=["comparisons"])


class OverfittingList(BaseModel):
    """Every architecture that has trained an epoch; there is no second page."""

    items: list[Overfitting]
    next: None = None


class FailureList(BaseModel):
    """Every architecture that has a result; there is no second page."""

    items: list[Failures]
    next: None = None


class GradientFlowList(BaseModel):
    """Every architecture that has trained an epoch; there is no second page."""

    items: list[GradientHealth]
    next: None = None


@router.get("/overfitting", summary="Show overfitting", responses=refusals(404, 410))
def show_overfitting(results: Results) -> OverfittingList:
    """From which epoch on each architecture overfits, if it does, and its generalisation gap by epoch."""
    return OverfittingList(items=overfitting(results))


@router.get("/gradient_flow", summary="Show gradient flow", responses=refusals(404, 410))
def show_gradient_flow(results: Results) -> GradientFlowList:
    """Gradient norm, update-to-weight ratio and dead ReLUs by layer and epoch, and what stands out."""
    return GradientFlowList(items=gradient_health(results))


@router.get("/failures", summary="Show failures", responses=refusals(404, 410))
def show_failures(results: Results) -> FailureList:
    """Which classes each architecture confuses, its most certain errors, and what it alone gets right."""
    return FailureList(items=failures(results))
