"""make bench-photos: photographs of 12 megapixels sent for predictions → a section of docs/serving.md.

In each round Pillow decodes the photograph in full, again and again in one process, then eight clients send
it to the service, and then one client sends a small PNG. Each is a process of its own, in turns; ratios are
taken within a round.
"""

import io
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from PIL import Image
from rich.console import Console

from bakeoff.answers import Json
from benchmarks.evidence import evidence
from benchmarks.printed import ROOT, printed
from benchmarks.serving.bodies import train
from benchmarks.serving.servers import READY, Server, prediction_path, started
from benchmarks.spread import spread
from benchmarks.uploads.files import PHOTO, jpeg, smooth_noise

TARGET = ROOT / "docs" / "serving.md"
BEGIN, END = "<!-- photos: written by make bench-photos -->", "<!-- end of photos -->"
COMMAND = [sys.executable, "-m", "bakeoff", "serve", "--port"]
SIDE = 28  # pixels, of the network's images
CLIENTS = 8
IN_FULL = 20  # photographs that Pillow decodes in a round
GOALS = {"ratio": 4.0, "per_second": 60.0, "live_p99_ms": 25.0}


def main(
    rounds: Annotated[int, typer.Option(min=1, help="How often everything is measured.")] = 5,
    seconds: Annotated[int, typer.Option(min=1, help="Of each measurement.")] = 8,
    target: Annotated[Path, typer.Option(help="The page.")] = TARGET,
) -> None:
    """Measure, print, and write the section."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = prediction_path(train(folder)["id"])
        photo, small = folder / "photo.jpg", folder / "small.png"
        photo.write_bytes(jpeg(smooth_noise(np.random.default_rng(0), *PHOTO)))
        small.write_bytes(_small_png())
        measured = [_round(folder, path, (photo, small), seconds) for _ in range(rounds)]
    section = _section(measured, seconds)
    page = target.read_text()
    before, _, rest = page.partition(BEGIN)
    target.write_text(f"{before}{BEGIN}\n{section}\n{END}{rest.partition(END)[2]}")
    Console().print(section, soft_wrap=True, highlight=False, markup=False)


def _small_png() -> bytes:
    written = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE), dtype=np.uint8)
    Image.fromarray(pixels).save(written, "PNG")
    return written.getvalue()


def _round(folder: Path, path: str, files: tuple[Path, Path], seconds: int) -> dict[str, Json]:
    photo, small = map(str, files)
    server = Server("", COMMAND, path, READY)
    in_full = printed("photos.decoded_in_full", photo, str(SIDE), str(IN_FULL))
    with started(server, folder) as (url, _):
        photos = printed("photos.clients", url, path, photo, str(CLIENTS), str(seconds))
        lone = printed("photos.clients", url, path, small, "1", str(seconds))
    return {"in full": in_full, "photos": photos, "small": lone}


def _section(measured: list[dict[str, Json]], seconds: int) -> str:
    in_full = [_per_second(each["in full"]) for each in measured]
    ours = [_per_second(each["photos"]) for each in measured]
    ratios = [mine / other for mine, other in zip(ours, in_full, strict=True)]
    live = [each["photos"]["live_p99_ms"] for each in measured]
    small = [each["small"]["p50_ms"] for each in measured]
    return "\n".join(
        [
            f"Measured on {datetime.now(UTC):%Y-%m-%d}, n = {len(measured)} rounds of {seconds} s, in"
            f" turns; median, and in brackets the lowest and the highest. {evidence('pillow')}.",
            "",
            "| photographs of 12 megapixels, JPEG | | goal |",
            "|---|---:|---:|",
            f"| Pillow, each in full, one after the other, photographs/s | {spread(in_full)} | |",
            f"| answered to {CLIENTS} clients, photographs/s | {spread(ours)} | {GOALS['per_second']:g} |",
            f"| the second over the first | {spread(ratios, '×')} | {GOALS['ratio']:g}× |",
            f"| `/health/live` meanwhile, p99 | {spread(live, ' ms')} | {GOALS['live_p99_ms']:g} ms |",
            f"| one client with a PNG of {SIDE} × {SIDE}, p50 | {spread(small, ' ms')} | |",
            "",
            "The clients share the processors with the service.",
        ]
    )


def _per_second(found: Json) -> float:
    return float(found["images"] / found["seconds"])


if __name__ == "__main__":
    typer.run(main)
