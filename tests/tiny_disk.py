"""A disk of a few MiB, to be filled: a real one, where this machine lets us mount it."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

FILLING = "filling"


@contextmanager
def tiny_disk(folder: Path, *, mebibytes: int) -> Iterator[Path]:
    """The folder as a disk of its own, in memory, while the context lasts."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", folder]
    if os.geteuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("NO TEST OF A FULL DISK: this machine does not let us mount one")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(disk: Path) -> None:
    """Leave nothing free on a disk."""
    with (disk / FILLING).open("ab", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return


def empty(disk: Path) -> None:
    """Remove what fill() has written."""
    (disk / FILLING).unlink()
