"""Prepares a file that somebody has uploaded; its memory is that of the process it runs in."""

from pathlib import Path

from workers.datasets.archives import open_archive
from workers.datasets.errors import ArchiveError, UnreadableArchiveError
from workers.datasets.formats import describe_accepted, list_images
from workers.datasets.preparing.decode import Report, report_nothing
from workers.datasets.preparing.prepare import prepare
from workers.datasets.preparing.processes import SMALL, processes_for, run_apart
from workers.datasets.stored.description import DatasetDescription
from workers.datasets.upload_options import UploadOptions

UPLOAD = "upload"  # the source that the description names


def prepare_file(
    file: Path, prepared: Path, options: UploadOptions, report: Report
) -> DatasetDescription:
    """Write an uploaded file to `prepared`, with scratch files beside it; ArchiveError, ContentError."""
    scratch = prepared.parent
    try:
        archive = open_archive(file, scratch)
    except UnreadableArchiveError as error:
        raise ArchiveError(f"{error}; accepted is {describe_accepted()}") from None
    try:
        with processes_for(file) as apply:
            listing = list_images(archive, scratch)
            return prepare(listing, prepared, options, source=UPLOAD, apply=apply, report=report)
    finally:
        archive.close()


def prepare_file_apart(file: Path, prepared: Path, options: UploadOptions) -> DatasetDescription:
    """The same in a process of its own where the file is large, for a process that answers requests."""
    if file.stat().st_size <= SMALL:
        return prepare_file(file, prepared, options, report_nothing)
    return run_apart(prepare_file, file, prepared, options, report_nothing)
