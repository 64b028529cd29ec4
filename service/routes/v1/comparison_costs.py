"""What a comparison would cost, before it is asked for."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from models import ImageShape, UnfitNetworkError
from service.analysis.cost import UNKNOWN_SPEED, Speed, speed
from service.dependencies import Database, Datasets
from service.errors import refusals
from service.requests.architecture_size import size_of
from service.requests.comparisons import NewComparison
from service.results.training_speeds import TrainingSpeeds, read_speeds
from workers.datasets.stored.description import DatasetDescription
from workers.queue.comparisons import ComparisonRequest, refuse_same_architecture
from workers.queue.dependencies import trains_head
from workers.storage import ready_datasets
from workers.storage.database import transaction
from workers.training.measuring.network_summary import ArchitectureSummary

router = APIRouter(prefix="/v1/comparisons", tags=["comparisons"])

VALIDATION_SHARE = 0.1  # of the images that do not test, where there are folds


class ArchitectureCost(Speed):
    """What the trainings of one architecture would cost."""

    label: str
    name: str
    options: dict[str, Any] = Field(description="as its jobs would have them")
    num_parameters: int | None = Field(description="null: the dataset has yet to be fetched")
    flops: int | None = Field(description="forward pass of one image; a multiply-add counts as two")
    seconds_per_job: float | None = Field(
        description="of training alone: `epochs` × `train_images` / `images_per_second`; evaluating after"
        " each epoch adds about a quarter, starting and the final measurements some seconds, and where"
        " heads are trained the features are computed before, once"
    )
    seconds: float | None = Field(description="of all its jobs, one after the other")


class ComparisonCost(BaseModel):
    """What a comparison would cost; nothing has been enqueued."""

    dataset: str
    epochs: int = Field(description="of each job, where it does not stop early")
    train_images: int | None = Field(description="of each job; null: the dataset is not there yet")
    num_jobs: int
    seconds: float | None = Field(
        description="of training alone, of all jobs one after the other; null: not known of all"
    )
    architectures: list[ArchitectureCost]


@router.post(
    "/cost", summary="Estimate the cost of a comparison", responses=refusals(409, 422, 503)
)
def estimate_cost(body: NewComparison, database: Database, datasets: Datasets) -> ComparisonCost:
    """What the same body would cost if it were posted to `/v1/comparisons`. Nothing is enqueued.

    Speeds are those of past epochs of this installation. Refused where the comparison would be.
    """
    misfit = body.misfit(database)
    if misfit:
        raise misfit
    with transaction(database, read_only=True) as session:
        row = ready_datasets.find(session, body.dataset)  # while it is held it is read once
        request = body.comparison(session, datasets)
        refuse_same_architecture(request.architectures)
        described = DatasetDescription.from_json(row.description) if row else None
        names = {entry["name"] for entry in request.architectures}
        speeds = read_speeds(session, names, described.image_shape) if described else None
    return _cost(request, body.recipe.epochs, described, speeds)


def _cost(
    request: ComparisonRequest,
    epochs: int,
    described: DatasetDescription | None,
    speeds: TrainingSpeeds | None,
) -> ComparisonCost:
    images = _train_images(described, request.folds) if described else None
    jobs_of_each = len(request.seeds) * (request.folds or 1)
    costs = []
    for entry in request.architectures:
        size = _size(entry, described) if described else None
        found = _speed(entry, size, speeds)
        rate = found.images_per_second
        per_job = epochs * images / rate if images and rate else None
        costs.append(
            ArchitectureCost(
                **dict(found),
                **entry,
                num_parameters=size.num_parameters if size else None,
                flops=size.flops if size else None,
                seconds_per_job=per_job,
                seconds=per_job * jobs_of_each if per_job else None,
            )
        )
    known = [cost.seconds for cost in costs if cost.seconds is not None]
    return ComparisonCost(
        dataset=request.dataset,
        epochs=epochs,
        train_images=images,
        num_jobs=jobs_of_each * len(costs),
        seconds=sum(known) if len(known) == len(costs) else None,
        architectures=costs,
    )


def _speed(
    entry: dict[str, Any], size: ArchitectureSummary | None, speeds: TrainingSpeeds | None
) -> Speed:
    if speeds is None:
        return UNKNOWN_SPEED
    is_head = trains_head(entry["options"])  # trains on features, whose FLOPs these are not
    flops = size.flops if size and not is_head else None
    return speed(speeds.of(entry["name"], entry["options"]), speeds.others, flops)


def _size(entry: dict[str, Any], described: DatasetDescription) -> ArchitectureSummary | None:
    """None for a network that cannot be built without its numbers."""
    shape, num_classes = ImageShape(*described.image_shape), len(described.classes)
    try:
        return size_of(entry["name"], entry["options"], shape, num_classes)
    except UnfitNetworkError:
        return None


def _train_images(described: DatasetDescription, folds: int | None) -> int:
    """How many images a job trains on; with folds to within one a class."""
    if folds is None:
        return described.sizes["train"]
    others = sum(described.sizes.values()) * (folds - 1) / folds
    return round(others * (1 - VALIDATION_SHARE))
