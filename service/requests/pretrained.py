"""Binds trainings to the pretrained weights that are kept now: a later upload does not change them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from workers.queue.comparisons import ComparisonRequest
from workers.queue.jobs import JobRequest
from workers.weights.find import find_kept
from workers.weights.store import WeightsStore
from workers.weights.wanted import WantedWeights


def bind_training(session: Session, store: WeightsStore, request: JobRequest) -> JobRequest:
    """A training that starts from the weights its options name, as they are now."""
    kept = _kept(session, store, str(request.architecture), request.options)
    return replace(request, pretrained=kept)


def bind_comparison(
    session: Session, store: WeightsStore, request: ComparisonRequest
) -> ComparisonRequest:
    """A comparison whose trainings start from the weights their options name, as they are now."""
    kept = {
        entry["label"]: _kept(session, store, entry["name"], entry["options"])
        for entry in request.architectures
    }
    return replace(request, pretrained={label: found for label, found in kept.items() if found})


def _kept(
    session: Session, store: WeightsStore, architecture: str, options: Mapping[str, Any]
) -> dict[str, Any] | None:
    asked = options.get("pretrained")
    found = find_kept(session, store, WantedWeights(architecture, asked)) if asked else None
    return found._asdict() if found else None
