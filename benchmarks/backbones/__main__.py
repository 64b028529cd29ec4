"""make bench-backbones: what heads, features and fine-tuning cost and reach → docs/backbones.md.

Each section is measured on its own and keeps its text where another is measured. Jobs run as
`bakeoff up` runs them, over HTTP, in an installation that is made for the section and removed after it.
"""

import tempfile
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.backbones.page import write_section
from benchmarks.backbones.sections import features, few_images, fine_tuned, memory, photos
from benchmarks.printed import ROOT

TARGET = ROOT / "docs" / "backbones.md"
ARCHIVE = ROOT.parent / "shared" / "data" / "cifar10-images.tar.xz"


class Section(StrEnum):
    """What is measured, in the order of the page."""

    FEATURES = "features"
    FEW_IMAGES = "few_images"
    PHOTOS = "photos"
    FINE_TUNED = "fine_tuned"
    MEMORY = "memory"


def main(  # noqa: PLR0913 - each is an option
    archive: Annotated[Path, typer.Argument(help="CIFAR-10 as JPEG files, a tar.")] = ARCHIVE,
    *,
    only: Annotated[list[Section] | None, typer.Option(help="Sections; all unless named.")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="How often features are timed.")] = 5,
    number: Annotated[int, typer.Option(min=128, help="Images whose features are timed.")] = 384,
    uploaded: Annotated[int, typer.Option(min=100, help="Photos that are uploaded.")] = 2_000,
    large: Annotated[int, typer.Option(min=100, help="Images of a gigabyte.")] = 6_650,
    epochs: Annotated[int, typer.Option(min=1, help="Of fine-tuning.")] = fine_tuned.PRESET.epochs,
) -> None:
    """Measure, print, and write the sections of the page."""
    measured: dict[Section, Callable[[Path], str]] = {
        Section.FEATURES: lambda _: features.measure(rounds, number),
        Section.FEW_IMAGES: lambda folder: few_images.measure(folder, archive),
        Section.PHOTOS: lambda folder: photos.measure(folder, archive, uploaded),
        Section.FINE_TUNED: lambda folder: fine_tuned.measure(folder, archive, epochs),
        Section.MEMORY: lambda folder: memory.measure(folder, large),
    }
    for section in only or Section:
        with tempfile.TemporaryDirectory() as folder:
            text = measured[section](Path(folder))
        write_section(TARGET, section, text)
        Console().print(text, soft_wrap=True, highlight=False, markup=False)


if __name__ == "__main__":
    typer.run(main)
