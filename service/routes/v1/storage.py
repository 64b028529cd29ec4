"""What is stored, in bytes."""

from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import Field

from service.errors import refusals
from service.results.storage_use import StorageMeter
from service.routes._document import Document
from workers.settings import Settings

router = APIRouter(prefix="/v1/storage", tags=["health"])


class StorageDocument(Document):
    """Bytes that are stored, and bytes that are free. What was deleted counts until it is removed."""

    measured_at: datetime = Field(description="at most a minute ago")
    artifacts: dict[str, int] = Field(
        description="by kind",
        examples=[{"models": 52_428_800, "predictions": 1_048_576, "checkpoints": 0}],
    )
    dataset_copies: int = Field(description="of this machine, where artifacts are kept elsewhere")
    charts: int = Field(description="charts and reports that are kept; they may be deleted")
    database: int
    free: int = Field(description="on the disk with the data folder of the service")
    retention_days: int = Field(
        description="after which trainings are deleted that nothing needs, as the service is set up; 0: never"
    )
    retention_bytes: int = Field(
        description="what such trainings may take, as the service is set up; 0: no limit"
    )


@router.get("", summary="Show what is stored", responses=refusals(503))
def show_storage(request: Request) -> StorageDocument:
    """What artifacts, datasets, charts and the database take, what is free, and what is deleted when."""
    meter: StorageMeter = request.app.state.storage_meter
    settings: Settings = request.app.state.settings
    return StorageDocument.from_attributes(
        meter.measure(),
        retention_days=settings.retention_days,
        retention_bytes=settings.retention_bytes,
    )
