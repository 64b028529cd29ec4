"""make bench-uploads: from files to pixels, beside torchvision and Pillow → docs/upload-speed.md.

Each way runs in a process of its own, in turns, so that what disturbs the machine disturbs all of
them. Ratios are taken within a round; the median and the range over rounds are printed.
"""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bakeoff.answers import Json
from benchmarks.evidence import evidence
from benchmarks.printed import ROOT, printed
from benchmarks.spread import spread
from benchmarks.uploads import files

TARGET = ROOT / "docs" / "upload-speed.md"
SIZE = 224  # pixels of a side that photos are scaled to


def main(
    rounds: Annotated[int, typer.Option(min=1, help="How often every way runs.")] = 3,
    small: Annotated[int, typer.Option(help="Images of 32 × 32.")] = 60_000,
    photos: Annotated[int, typer.Option(help="Photos of 12 megapixels.")] = 2_000,
    large: Annotated[int, typer.Option(help="Images of 224 × 224 of a large dataset.")] = 100_000,
) -> None:
    """Make the files, measure, print, and write the page."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        lines = [
            *_table(_small(scratch, rounds, small)),
            *_table(_photos(scratch, rounds, photos)),
        ]
        large_lines = _large(scratch, rounds, large)
    page = [
        "# From files to pixels",
        "",
        f"Written by `make bench-uploads` on {datetime.now(UTC):%Y-%m-%d}; do not edit.",
        "",
        f"Median and range over n = {rounds} rounds, in turns. {evidence('torchvision', 'pillow')}.",
        "",
        "| files | this project, images/s | instead | images/s | ratio | memory, MiB |",
        "|---|---:|---|---:|---:|---:|",
        *lines,
        "",
        "Memory is the peak of the process that prepares; those that decode for it are not counted.",
        "",
        *large_lines,
    ]
    TARGET.write_text("\n".join(page))
    Console().print("\n".join(page), soft_wrap=True, highlight=False, markup=False)


def _small(scratch: Path, rounds: int, number: int) -> tuple[str, str, list[tuple[Json, Json]]]:
    folder, archive = scratch / "small", scratch / "small.zip"
    files.small_images(folder, archive, number)
    pairs = [
        (
            printed("uploads.prepared", str(archive)),
            printed("uploads.image_folder", str(folder)),
        )
        for _ in range(rounds)
    ]
    return (
        f"{number:,} JPEG of 32 × 32, a zip",
        "torchvision's ImageFolder, unpacked, 2 workers, read once",
        pairs,
    )


def _photos(scratch: Path, rounds: int, number: int) -> tuple[str, str, list[tuple[Json, Json]]]:
    folder, archive = scratch / "photos", scratch / "photos.zip"
    files.photos(folder, archive, number)
    pairs = [
        (
            printed("uploads.prepared", str(archive), str(SIZE)),
            printed("uploads.decoded_in_full", str(folder), str(SIZE)),
        )
        for _ in range(rounds)
    ]
    return (
        f"{number:,} photos of 12 megapixels to {SIZE} × {SIZE}, a zip",
        "Pillow, unpacked, each decoded in full, 2 processes",
        pairs,
    )


def _table(measured: tuple[str, str, list[tuple[Json, Json]]]) -> list[str]:
    what, instead, pairs = measured
    ours = [ours["images"] / ours["seconds"] for ours, _ in pairs]
    theirs = [theirs["images"] / theirs["seconds"] for _, theirs in pairs]
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    memory = max(ours["peak_mib"] for ours, _ in pairs)
    cells = [what, spread(ours), instead, spread(theirs), spread(ratios, "×"), f"{memory:,.0f}"]
    return [f"| {' | '.join(cells)} |"]


def _large(scratch: Path, rounds: int, number: int) -> list[str]:
    path = scratch / "large.safetensors"
    files.large_prepared(path, number)
    found = [printed("uploads.first_step", str(path), "cnn") for _ in range(rounds)]
    size = path.stat().st_size / 1e9
    seconds = spread([each["seconds"] for each in found], " s")
    memory = max(each["anonymous_mib"] for each in found)
    return [
        f"A dataset of {number:,} colour images of 224 × 224 ({size:.1f} GB): from loading it to the end"
        f" of the first training step (`cnn`, batch 32) {seconds}; anonymous memory then"
        f" {memory:,.0f} MiB at most.",
        "",
    ]


if __name__ == "__main__":
    typer.run(main)
