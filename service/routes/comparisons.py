"""Several architectures side by side."""

from collections import Counter
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy.orm import Session

from service.analysis.leaderboard import LeaderboardRow, leaderboard
from service.comparison_results import comparison_results
from service.dependencies import (
    CurrentSettings,
    Cursor,
    Id,
    Limit,
    OnlyOnce,
    ReadSession,
    WriteSession,
)
from service.errors import refusals
from service.routes.jobs import (
    JobDocument,
    Priority,
    Seed,
    checked_options,
    listed,
    require_dataset,
)
from workers import comparisons, jobs
from workers.comparisons import Comparison, ComparisonRequest
from workers.database import utc_now
from workers.jobs import JobStatus
from workers.training.recipe import Recipe

router = APIRouter(prefix="/v1/comparisons", tags=["comparisons"])

MOST_SEEDS = 50
MOST_ARCHITECTURES = 50
Label = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f]+$")]


class Entry(BaseModel):
    """An architecture with options, under a label of its own."""

    model_config = ConfigDict(extra="forbid")

    name: str
    label: Label | None = Field(None, description="how charts call it; default: its name")
    options: dict[str, Any] = {}


class NewComparison(BaseModel):
    """What to compare. Every architecture sees the same data, split, order, recipe and seeds."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "dataset": "digits",
                "architectures": ["fully_connected", "cnn", "residual_cnn"],
                "recipe": {"epochs": 5},
                "seeds": 3,
            }
        },
    )

    name: str = Field("", max_length=200)
    dataset: str
    architectures: list[str | Entry] = Field(min_length=1, max_length=MOST_ARCHITECTURES)
    recipe: Recipe = Recipe()
    seeds: Annotated[int, Field(ge=1, le=MOST_SEEDS)] | list[Seed] = Field(
        3, description="how many (seeds 0, 1, …), or the seeds themselves"
    )
    priority: Priority = 0

    @model_validator(mode="after")
    def _check_lists(self) -> "NewComparison":
        if isinstance(self.seeds, list) and not 1 <= len(set(self.seeds)) <= MOST_SEEDS:
            raise ValueError(f"seeds: 1 to {MOST_SEEDS} are accepted")
        if isinstance(self.seeds, list) and len(set(self.seeds)) != len(self.seeds):
            raise ValueError("seeds: each is accepted once")
        twice = [label for label, count in Counter(self.labels).items() if count > 1]
        if twice:
            raise ValueError(f"architectures: '{twice[0]}' is there twice; give each its own label")
        return self

    @property
    def entries(self) -> list[Entry]:
        """The architectures, each with options."""
        return [Entry(name=one) if isinstance(one, str) else one for one in self.architectures]

    @property
    def labels(self) -> list[str]:
        """What charts call each."""
        return [entry.label or entry.name for entry in self.entries]


class LabelledArchitecture(BaseModel):
    """One architecture of a comparison, its options whole."""

    name: str
    label: str
    options: dict[str, Any]


class ComparisonSummary(BaseModel):
    """A comparison in a list."""

    id: str
    name: str
    status: JobStatus
    dataset: str
    architectures: list[LabelledArchitecture]
    recipe: dict[str, Any]
    recipe_hash: str
    seeds: list[int]
    created_at: datetime


class ComparisonDocument(ComparisonSummary):
    """A comparison with its jobs and, as soon as one has succeeded, its leaderboard."""

    jobs: list[JobDocument]
    leaderboard: list[LeaderboardRow]


class ComparisonList(BaseModel):
    """A page of comparisons, newest first."""

    items: list[ComparisonSummary]
    next: str | None


@router.post("", status_code=202, summary="Compare architectures", responses=refusals(422))
def create_comparison(
    body: NewComparison,
    session: WriteSession,
    once: OnlyOnce,
    settings: CurrentSettings,
    response: Response,
) -> ComparisonDocument:
    """Enqueue the training of every architecture with every seed."""
    known = once.recall(body)
    if known is None:
        require_dataset(settings, body.dataset)
        known = comparisons.create(session, _request(body), now=utc_now()).id
        once.remember(body, known)
    response.headers["Location"] = f"/v1/comparisons/{known}"
    return _document(session, comparisons.get(session, known))


@router.get("", summary="List comparisons", responses=refusals(422))
def list_comparisons(
    session: ReadSession, limit: Limit = 50, cursor: Cursor = None
) -> ComparisonList:
    """Comparisons, newest first, page by page."""
    found = comparisons.find(session, limit=limit, cursor=cursor)
    items = [_summary(session, comparison) for comparison in found.items]
    return ComparisonList(items=items, next=found.next)


@router.get("/{comparison_id}", summary="Show a comparison", responses=refusals(404))
def show_comparison(comparison_id: Id, session: ReadSession) -> ComparisonDocument:
    """One comparison: status, jobs with progress, and the leaderboard so far."""
    return _document(session, comparisons.get(session, comparison_id))


def _request(body: NewComparison) -> ComparisonRequest:
    architectures = [
        {
            "name": entry.name,
            "label": label,
            "options": checked_options(entry.name, entry.options),
        }
        for entry, label in zip(body.entries, body.labels, strict=True)
    ]
    seeds = list(range(body.seeds)) if isinstance(body.seeds, int) else body.seeds
    return ComparisonRequest(
        name=body.name or f"{body.dataset}: {', '.join(body.labels)}"[:200],
        dataset=body.dataset,
        architectures=architectures,
        recipe=vars(body.recipe),
        recipe_hash=body.recipe.hash,
        seeds=seeds,
        priority=body.priority,
    )


def _summary(session: Session, comparison: Comparison) -> ComparisonSummary:
    status = comparisons.status(jobs.of_comparison(session, comparison.id))
    fields = set(ComparisonSummary.model_fields) - {"status"}
    return ComparisonSummary(status=status, **{name: getattr(comparison, name) for name in fields})


def _document(session: Session, comparison: Comparison) -> ComparisonDocument:
    summary = _summary(session, comparison)
    return ComparisonDocument(
        **dict(summary),
        jobs=[listed(job) for job in jobs.of_comparison(session, comparison.id)],
        leaderboard=leaderboard(comparison_results(session, comparison.id)),
    )
