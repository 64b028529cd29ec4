"""The ways to compute a model's probabilities."""

from fastapi import APIRouter
from pydantic import BaseModel

from workers.engines import engines

router = APIRouter(prefix="/v1", tags=["models"])


class EngineDocument(BaseModel):
    """A way to compute a model's probabilities."""

    name: str
    description: str


class EngineList(BaseModel):
    """Every engine; there is no second page."""

    items: list[EngineDocument]
    next: None = None


@router.get("/engines", summary="List engines")
def list_engines() -> EngineList:
    """Every way to compute a model's probabilities; a request or an alias may ask for one."""
    return EngineList(
        items=[EngineDocument(name=name, description=engines.description(name)) for name in engines]
    )
