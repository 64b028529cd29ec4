"""Several architectures side by side."""

from collections import Counter
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from sqlalchemy.orm import Session

from service.analysis.leaderboard import LeaderboardRow, leaderboard
from service.comparison_results import Kept, KeptData, comparison_results
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
from service.forms import (
    Form,
    Name,
    Priority,
    RecipeForm,
    Seed,
    checked_options,
    require_dataset,
)
from service.routes.jobs import JobDocument, listed
from workers import comparisons, jobs
from workers.comparisons import Comparison, ComparisonRequest
from workers.database import utc_now
from workers.jobs import JobStatus
from workers.training.recipe import Recipe

router = APIRouter(prefix="/v1/comparisons", tags=["comparisons"])

MOST_SEEDS = 50
MOST_ARCHITECTURES = 50
Label = Annotated[Name, Field(min_length=1, max_length=60)]


class Entry(Form):
    """An architecture with options, under a label of its own."""

    name: Name
    label: Label | None = Field(None, description="how charts call it; default: its name")
    options: dict[str, Any] = Field({}, description="of the architecture; see its schema")


def _entry(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


def _seeds(value: Any) -> Any:
    if not isinstance(value, int):
        return value
    if not 1 <= value <= MOST_SEEDS:
        raise ValueError(f"1 to {MOST_SEEDS} seeds are accepted")
    return list(range(value))


class NewComparison(Form):
    """What to compare. Every architecture sees the same data, split, order, recipe and seeds."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "dataset": "digits",
                "architectures": ["fully_connected", "cnn", "residual_cnn"],
                "recipe": {"epochs": 5},
                "seeds": 3,
            }
        },
    )

    name: Name = ""
    dataset: Name
    architectures: list[
        Annotated[Entry, BeforeValidator(_entry, json_schema_input_type=str | Entry)]
    ] = Field(min_length=1, max_length=MOST_ARCHITECTURES)
    recipe: RecipeForm = Recipe()
    seeds: Annotated[
        list[Seed], BeforeValidator(_seeds, json_schema_input_type=int | list[Seed])
    ] = Field(
        [0, 1, 2],
        min_length=1,
        max_length=MOST_SEEDS,
        description="how many (seeds 0, 1, …), or the seeds themselves",
    )
    priority: Priority = 0

    @model_validator(mode="after")
    def _check_lists(self) -> "NewComparison":
        if len(set(self.seeds)) != len(self.seeds):
            raise ValueError("seeds: each is accepted once")
        twice = [label for label, count in Counter(self.labels).items() if count > 1]
        if twice:
            raise ValueError(f"architectures: '{twice[0]}' is there twice; give each its own label")
        return self

    @property
    def labels(self) -> list[str]:
        """What charts call each."""
        return [entry.label or entry.name for entry in self.architectures]


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
    kept: KeptData,
    response: Response,
) -> ComparisonDocument:
    """Enqueue the training of every architecture with every seed."""
    known = once.recall(body)
    if known is None:
        require_dataset(settings, body.dataset)
        known = comparisons.create(session, _request(body), now=utc_now()).id
        once.remember(body, known)
    response.headers["Location"] = f"/v1/comparisons/{known}"
    return _document(session, kept, comparisons.get(session, known))


@router.get("", summary="List comparisons", responses=refusals(422))
def list_comparisons(
    session: ReadSession, limit: Limit = 50, cursor: Cursor = None
) -> ComparisonList:
    """Comparisons, newest first, page by page."""
    found = comparisons.find(session, limit=limit, cursor=cursor)
    items = [_summary(session, comparison) for comparison in found.items]
    return ComparisonList(items=items, next=found.next)


@router.get("/{comparison_id}", summary="Show a comparison", responses=refusals(404))
def show_comparison(comparison_id: Id, session: ReadSession, kept: KeptData) -> ComparisonDocument:
    """One comparison: status, jobs with progress, and the leaderboard so far."""
    return _document(session, kept, comparisons.get(session, comparison_id))


def _request(body: NewComparison) -> ComparisonRequest:
    architectures = [
        {
            "name": entry.name,
            "label": label,
            "options": checked_options(entry.name, entry.options),
        }
        for entry, label in zip(body.architectures, body.labels, strict=True)
    ]
    return ComparisonRequest(
        name=body.name or f"{body.dataset}: {', '.join(body.labels)}"[:100],
        dataset=body.dataset,
        architectures=architectures,
        recipe=vars(body.recipe),
        recipe_hash=body.recipe.hash,
        seeds=body.seeds,
        priority=body.priority,
    )


def _summary(session: Session, comparison: Comparison) -> ComparisonSummary:
    status = comparisons.status(jobs.of_comparison(session, comparison.id))
    fields = set(ComparisonSummary.model_fields) - {"status"}
    return ComparisonSummary(status=status, **{name: getattr(comparison, name) for name in fields})


def _document(session: Session, kept: Kept, comparison: Comparison) -> ComparisonDocument:
    summary = _summary(session, comparison)
    return ComparisonDocument(
        **dict(summary),
        jobs=[listed(job) for job in jobs.of_comparison(session, comparison.id)],
        leaderboard=leaderboard(comparison_results(session, kept, comparison.id)),
    )
