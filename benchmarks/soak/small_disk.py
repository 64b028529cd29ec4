"""A small disk in memory for the data folder, where this machine lets us mount one."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SIZE = "512m"


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """Mount one at the folder while the context lasts; False where that is not allowed."""
    mount, unmount = shutil.which("mount"), shutil.which("umount")
    is_mounted = mount is not None and unmount is not None
    if mount and is_mounted:
        command = [mount, "-t", "tmpfs", "-o", f"size={SIZE}", "soak", str(folder)]
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our own arguments
        is_mounted = done.returncode == 0
    try:
        yield is_mounted
    finally:
        if unmount and is_mounted:
            subprocess.run([unmount, str(folder)], check=True)  # noqa: S603 - our own arguments
