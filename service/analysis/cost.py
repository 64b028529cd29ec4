"""What a training would cost, from the speeds of trainings before it."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, Field


@dataclass(frozen=True)
class SeenSpeed:
    """How fast a training of the past was."""

    images_per_second: Sequence[float]  # in each of its epochs, of training alone
    flops: float | None  # forward pass of one image; None: not known
    device: str | None  # in words; None: not known


class Speed(BaseModel):
    """How fast a network trains, and how that is known."""

    images_per_second: float | None = Field(description="of training alone; null: not known yet")
    basis: Literal["measured", "scaled", "unknown"] = Field(
        description="measured: the median of past epochs of this architecture with these options on images"
        " of this shape; scaled: from the FLOPs and the speed of other networks, which is rough"
    )
    num_epochs: int = Field(description="n: past epochs that it follows from")
    num_jobs: int = Field(description="trainings that these are of")
    device: str | None = Field(description="on which they ran")


UNKNOWN_SPEED = Speed(
    images_per_second=None, basis="unknown", num_epochs=0, num_jobs=0, device=None
)


def speed(same: Sequence[SeenSpeed], others: Sequence[SeenSpeed], flops: float | None) -> Speed:
    """How fast a network trains, from trainings of the `same` network or else of others, newest first.

    Only those on the device of the newest count. Others are scaled: the time of an image is taken to be
    proportional to `flops`.
    """
    comparable = _on_newest_device(same)
    rates = [rate for seen in comparable for rate in seen.images_per_second]
    if rates:
        return _speed(statistics.median(rates), "measured", comparable)
    with_flops = _on_newest_device([seen for seen in others if seen.flops])
    products = [
        rate * seen.flops for seen in with_flops for rate in seen.images_per_second if seen.flops
    ]
    if products and flops:
        return _speed(statistics.median(products) / flops, "scaled", with_flops)
    return UNKNOWN_SPEED


def _on_newest_device(seen: Sequence[SeenSpeed]) -> list[SeenSpeed]:
    """Those with an epoch on the device of the newest; a device that is not known may be the same."""
    trained = [each for each in seen if each.images_per_second]
    device = next((each.device for each in trained if each.device), None)
    return [each for each in trained if each.device in {None, device}]


def _speed(
    images_per_second: float, basis: Literal["measured", "scaled"], seen: Sequence[SeenSpeed]
) -> Speed:
    return Speed(
        images_per_second=images_per_second,
        basis=basis,
        num_epochs=sum(len(each.images_per_second) for each in seen),
        num_jobs=len(seen),
        device=next((each.device for each in seen if each.device), None),
    )
