"""make bench-charts: how long each chart of a large comparison takes to be drawn, over HTTP.

One training is real; 12 architectures × 10 seeds × 100 epochs are its numbers, shaken, in the real
tables, with predictions of 10,000 test images each. Every chart is asked for several times, each
time in a width that nobody has asked for before, so that it is read, computed and drawn.
"""

import itertools
import platform
import statistics
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console

from bakeoff import Client
from benchmarks.large_comparison import TEST_IMAGES, enlarge, train
from benchmarks.ports import free_port
from service.commands._processes import run_processes
from workers.settings import Settings

NUMBERS = ("curves", "leaderboard", "statistics", "overfitting", "gradient_flow", "failures")
USED = ("bakeoff", "matplotlib", "numpy", "scipy")


def main(
    architectures: Annotated[int, typer.Option(help="Architectures compared.")] = 12,
    seeds: Annotated[int, typer.Option(help="Seeds of each.")] = 10,
    epochs: Annotated[int, typer.Option(help="Epochs of each.")] = 100,
    rounds: Annotated[int, typer.Option(help="Times every chart is drawn.")] = 3,
    keep: Annotated[Path | None, typer.Option(help="Folder to put the pictures in.")] = None,
) -> None:
    """Make the comparison, draw every chart of it, and print how long each took."""
    console = Console(width=100, highlight=False)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), device="cpu", port=free_port())
        with (
            run_processes(settings, log_folder=settings.data / "logs") as started,
            Client(started.url, timeout=600) as client,
        ):
            made = enlarge(settings, train(client, settings), (architectures, seeds, epochs))
            console.print(
                f"{architectures} architectures × {seeds} seeds × {epochs} epochs,"
                f" {TEST_IMAGES:,} test images; median of n = {rounds} (fastest to slowest)"
            )
            address = f"{started.url}/v1/comparisons/{made}"
            names = [f"charts/{chart['name']}.png" for chart in client.list_charts(made)]
            for name in (*names, *NUMBERS):
                seconds = [_seconds(f"{address}/{name}", 1200 + turn) for turn in range(rounds)]
                console.print(_row(name, seconds))
            console.print(_row("report.html", [_seconds(f"{address}/report.html", 0)]))
            if keep:
                _keep(address, names, keep)
    versions = ", ".join(f"{name} {version(name)}" for name in USED)
    console.print(f"{platform.machine()}, python {platform.python_version()}, {versions}")


def _seconds(address: str, width: int) -> float:
    start = time.perf_counter()
    httpx.get(address, params={"width": width}, timeout=600).raise_for_status()
    return time.perf_counter() - start


def _row(name: str, seconds: list[float]) -> str:
    middle = statistics.median(seconds)
    return f"{name:40} {middle:6.2f} s  ({min(seconds):.2f} to {max(seconds):.2f})"


def _keep(address: str, names: list[str], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, theme in itertools.product(names, ("light", "dark")):
        picture = httpx.get(f"{address}/{name}", params={"theme": theme}, timeout=600)
        (folder / f"{theme}-{Path(name).name}").write_bytes(picture.content)
    report = httpx.get(f"{address}/report.html", timeout=600)
    (folder / "report.html").write_bytes(report.content)


if __name__ == "__main__":
    typer.run(main)
