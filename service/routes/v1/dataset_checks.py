"""Checks of a dataset: what a job has found in its images and labels."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from models import UnknownNameError
from service.charts.drawing.group_sheet import CaptionedImage, group_sheet
from service.charts.drawing.readable import are_readable, readable
from service.charts.drawing.render import render
from service.dependencies import Datasets, ReadSession, WriteSession
from service.errors import refusals
from service.routes.v1.datasets import Name
from service.routes.v1.jobs import JobDocument, enqueued
from workers.datasets.listings.listing import SPLITS, SplitName
from workers.datasets.stored.loading import mapped_split
from workers.datasets.stored.registration import describe
from workers.errors import BakeoffError
from workers.queue import jobs
from workers.queue.dataset_checks import enqueue_checks, newest_checks
from workers.storage.database import utc_now
from workers.storage.kind_names import CHECKS
from workers.storage.tables import Job

router = APIRouter(prefix="/v1/datasets/{name}/checks", tags=["datasets"])


class NotCheckedError(BakeoffError):
    """What a dataset stands for now has not been checked yet."""

    status = HTTPStatus.NOT_FOUND


class CheckingError(BakeoffError):
    """The job that checks a dataset has not ended yet."""

    status = HTTPStatus.CONFLICT


class FoundImage(BaseModel):
    """An image that a finding is about."""

    split: SplitName
    index: int = Field(description="position in its split")
    label: str
    remark: str = Field(description="what is remarkable about it; mostly empty")


class ImageGroup(BaseModel):
    """Images that belong together, such as copies of each other, or a single image."""

    size: int
    images: list[FoundImage] = Field(description="the first few")


class FindingDocument(BaseModel):
    """What one check has found."""

    check: str = Field(examples=["near_leaks"])
    title: str
    level: Literal["ok", "notice", "warning", "skipped"]
    sentence: str
    count: int = Field(description="of what the sentence is about")
    groups: list[ImageGroup] = Field(description="the first few")
    counts: dict[str, dict[SplitName, int]] | None = Field(
        description="images by class and split, of the check that counts them"
    )


class ChecksDocument(BaseModel):
    """The findings about what a dataset stands for now."""

    job_id: str
    checked_at: datetime
    num_images: int
    num_compared: int = Field(description="images among which near duplicates were searched")
    findings: list[FindingDocument]


@router.get("", summary="Show checks", responses=refusals(404, 409))
def show_dataset_checks(name: Name, session: ReadSession) -> ChecksDocument:
    """What the last checks of a dataset found: duplicates, leaks, small classes, label errors."""
    return _document(_find_newest(session, name))


@router.post("", status_code=202, summary="Check a dataset", responses=refusals(404))
def check_dataset(name: Name, session: WriteSession, response: Response) -> JobDocument:
    """Enqueue a job that checks a dataset, beside trainings; one that waits already is returned.

    After a training it looks for label errors, too.
    """
    describe(session, name)  # or there is nothing to check
    job = enqueue_checks(session, name, now=utc_now())
    return enqueued(job, response)


@router.get(
    "/{check}.png",
    summary="Draw images that a check found",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}}, **refusals(404, 409)},
)
def draw_dataset_check(
    name: Name,
    check: Annotated[str, Path(max_length=64, examples=["near_leaks"])],
    session: ReadSession,
    datasets: Datasets,
) -> Response:
    """The first images that a check found, in groups, as a contact sheet."""
    job = _find_newest(session, name)
    findings = {finding.check: finding for finding in _document(job).findings}
    if check not in findings:
        raise UnknownNameError("check", check, list(findings))
    description = describe(session, name)
    path = datasets.path(description.identity, name)
    images = {split: mapped_split(path, split)[0] for split in SPLITS}
    finding = findings[check]
    sheet = group_sheet(
        f"{name}: {finding.title.lower()}",
        _make_drawable(finding.sentence, description.classes),
        [
            [
                CaptionedImage(images[image.split][image.index], caption)
                for image, caption in zip(
                    group.images, _captions(group, description.classes), strict=True
                )
            ]
            for group in finding.groups
        ],
    )
    return Response(render(sheet, "png"), media_type="image/png")


def _find_newest(session: Session, name: str) -> Job:
    """The newest checks of what a dataset stands for now."""
    description = describe(session, name)
    checked = newest_checks(session, name, description.identity)
    if checked:
        return checked
    running = jobs.first_unfinished(session, name, Job.kind == CHECKS)
    if running:
        raise CheckingError(
            f"job '{running.id}' that checks dataset '{name}' is {running.status}; ask again when it"
            " has ended"
        )
    raise NotCheckedError(
        f"dataset '{name}' has not been checked as it is now; POST /v1/datasets/{name}/checks"
    )


def _document(job: Job) -> ChecksDocument:
    result: dict[str, Any] = job.result or {}
    return ChecksDocument(job_id=job.id, checked_at=job.finished_at, **result)


def _captions(group: ImageGroup, classes: Sequence[str]) -> list[list[str]]:
    """The lines above each image of a group: where it is, its label, and what is remarkable about it."""
    captions = []
    for image in group.images:
        remark = [f"→ {_make_drawable(image.remark, classes)}"] if image.remark else []
        where = f"{image.split} {image.index}"
        captions.append([where, _make_drawable(image.label, classes), *remark])
    left_out = group.size - len(group.images)
    if left_out:
        captions[-1][0] += f", {left_out:,} more"
    return captions


def _make_drawable(text: str, classes: Sequence[str]) -> str:
    """The text with the indices of classes in place of names for which no font is installed."""
    if are_readable([text]):
        return text
    numbered = [(name, f"class {index}") for index, name in enumerate(classes)]
    for name, number in sorted(numbered, key=lambda pair: -len(pair[0])):
        if not are_readable([name]):
            text = text.replace(name, number)
    return readable(text)
