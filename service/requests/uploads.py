"""The size that images of an upload get, how they get it, and what is left out."""

import re
from dataclasses import replace
from typing import Annotated

from fastapi import Query
from pydantic import AfterValidator, Field

from service.requests.fields import Form, Name
from workers.datasets.images.geometry import Fit
from workers.datasets.upload_options import Damaged, UploadOptions

MAX_SIDE = 1024  # pixels
SIZE = re.compile(r"(\d{1,4})(?:[x×](\d{1,4}))?")


def _check_size(text: str | None) -> str | None:
    if text is not None:
        parse_size(text)
    return text


def parse_size(text: str) -> tuple[int, int]:
    """Width and height in pixels; ValueError says what is accepted."""
    match = SIZE.fullmatch(text)
    sides = [int(side) for side in match.groups() if side] if match else []
    if not sides or not all(1 <= side <= MAX_SIDE for side in sides):
        raise ValueError(
            f"'{text[:20]}' is no size; accepted is 64 or 96x128 (width x height), sides from 1 to"
            f" {MAX_SIDE}"
        )
    return sides[0], sides[-1]


class ResizeForm(Form):
    """Another size for the images of an upload."""

    new_name: Name = Field(
        min_length=1, description="of the dataset that is made", examples=["small"]
    )
    size: Annotated[str, AfterValidator(_check_size)] = Field(
        max_length=20, examples=["64", "96x128"], description="a side, or width x height, in pixels"
    )
    fit: Fit = Field("crop", description="what is done with images of other proportions")

    def options(self, before: UploadOptions) -> UploadOptions:
        """How the upload is prepared, which was prepared with the options `before`."""
        width, height = parse_size(self.size)
        return replace(before, width=width, height=height, fit=self.fit)


Size = Annotated[
    str | None,
    AfterValidator(_check_size),
    Query(
        max_length=20,
        examples=["64", "96x128"],
        description="of every image, in pixels: a side, or width x height. Default: as the images"
        " are where all agree and no side exceeds 512, else the median shorter side, at most 224",
    ),
]
FitQuery = Annotated[
    Fit | None,
    Query(description="what is done with images of other proportions; default: crop"),
]
TestShare = Annotated[
    float | None,
    Query(ge=0.01, le=0.9, description="held out for testing where no split is; default: 0.2"),
]
DamagedQuery = Annotated[
    Damaged, Query(description="a damaged image is refused by name, or skipped and counted")
]


def upload_options(
    size: Size = None,
    fit: FitQuery = None,
    test_share: TestShare = None,
    damaged: DamagedQuery = "refuse",
) -> UploadOptions:
    """The options that a query gives."""
    width, height = parse_size(size) if size else (None, None)
    return UploadOptions(width, height, fit, test_share, damaged)
