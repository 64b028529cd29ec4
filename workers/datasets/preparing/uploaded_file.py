"""Prepares a file that somebody has uploaded; its memory is that of the process it runs in."""

from pathlib import Path

from workers.datasets.archives import open_archive
from workers.datasets.errors import ArchiveError, UnreadableArchiveError
from workers.datasets.formats import accepted, list_images
from workers.datasets.preparing.decode import Progress, Report
from workers.datasets.preparing.prepare import prepare
from workers.datasets.preparing.processes import (
    in_processes,
    in_this_process,
    run_apart,
    usable_processors,
)
from workers.datasets.stored.description import DatasetDescription
from workers.datasets.upload_options import UploadOptions

SMALL = 1024**2  # bytes of an upload that is not worth processes of its own
UPLOAD = "upload"  # the source that the description names


def prepare_file(
    file: Path, prepared: Path, options: UploadOptions, report: Report
) -> DatasetDescription:
    """Write an uploaded file to `prepared`, with scratch files beside it; ArchiveError, ContentError."""
    scratch = prepared.parent
    try:
        archive = open_archive(file, scratch)
    except UnreadableArchiveError as error:
        raise ArchiveError(f"{error}; accepted is {accepted()}") from None
    try:
        listing = list_images(archive, scratch)
        if file.stat().st_size <= SMALL:
            apply = in_this_process
            return prepare(listing, prepared, options, source=UPLOAD, apply=apply, report=report)
        with in_processes(usable_processors()) as apply:
            return prepare(listing, prepared, options, source=UPLOAD, apply=apply, report=report)
    finally:
        archive.close()


def prepare_file_apart(file: Path, prepared: Path, options: UploadOptions) -> DatasetDescription:
    """The same in a process of its own where the file is large, for a process that answers requests."""
    if file.stat().st_size <= SMALL:
        return prepare_file(file, prepared, options, report_nothing)
    return run_apart(prepare_file, file, prepared, options, report_nothing)


def report_nothing(progress: Progress) -> None:
    """For those who do not watch the progress."""
