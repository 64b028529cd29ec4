"""Files that are on the disk, whole, once the call that wrote them has returned."""

import os
import shutil
import uuid
from pathlib import Path

from workers.crash_points import CrashPoint, reach

PART = ".part"  # ends the name of a file that is not whole yet


def link_durably(source: Path, target: Path) -> None:
    """A second name for a file; a copy where the names would be on different disks."""
    _make_folder(target.parent)
    part = part_of(target)
    try:
        try:
            os.link(source, part)
        except FileNotFoundError:
            raise
        except OSError:  # another disk, or one without links
            shutil.copyfile(source, part)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    flush_names(target.parent)


def part_of(target: Path) -> Path:
    """A name for a file beside `target` that is not whole yet."""
    return target.with_name(f".{target.name}.{uuid.uuid4().hex}{PART}")


def write_durably(target: Path, content: bytes) -> None:
    """Write a file that is there whole, or not at all, and on return on the disk."""
    _make_folder(target.parent)
    part = part_of(target)
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            reach(CrashPoint.FSYNC)
            os.fsync(file.fileno())
        reach(CrashPoint.RENAME)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    reach(CrashPoint.FSYNC_FOLDER)
    flush_names(target.parent)


def _make_folder(folder: Path) -> None:
    if not folder.exists():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        flush_names(folder.parent)


def flush_names(folder: Path) -> None:
    """Bring the names of the files in a folder to the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
