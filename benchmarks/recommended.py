"""make bench-recommended: what timm's recommended networks cost → the table of docs/architectures.md.

Each network is exported as it would be served, for images of the size that it was made for, and runs in
ONNX Runtime: one image, and then a batch. The networks run by turns, round after round.
"""

import csv
import statistics
from time import perf_counter
from typing import Any

import numpy as np
import torch
import typer
from rich.progress import track

from benchmarks.evidence import evidence
from benchmarks.printed import ROOT
from benchmarks.spread import spread
from models import ImageShape, architectures
from models._timm.catalogue import MEASURED, PREFIX, RECOMMENDED
from workers.engines.onnx_runtime import open_session, run
from workers.exports.onnx import export
from workers.training.measuring.network_summary import count_flops
from workers.training.normalisation import Normalisation
from workers.training.servable import Servable

PAGE = ROOT / "docs" / "architectures.md"
BEGIN, END = "<!-- recommended: written by make bench-recommended -->", "<!-- end -->"
ROUNDS, BATCH_SIZE, NUM_CLASSES = 3, 16, 10
HEADINGS = ("network", "pixels a side", "parameters", "GFLOPs", "ms for one image", "images/s")


def main() -> None:
    """Measure all, write the table of the page and the figures of the catalogue."""
    rows = {name: _Network(PREFIX + name) for name in RECOMMENDED}
    for _ in track(range(ROUNDS)):
        for row in rows.values():
            row.measure()
    with MEASURED.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("name", "gflops", "milliseconds"))
        writer.writerows((name, *row.figures()) for name, row in rows.items())
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{_table(rows)}\n{END}{after}")


class _Network:
    """One network in a session of ONNX Runtime, and what was measured of it."""

    def __init__(self, name: str) -> None:
        self.entry = architectures.catalogue[name]
        shape: ImageShape = self.entry.image_shape
        network = architectures[name](shape, NUM_CLASSES).eval()
        self.flops = count_flops(network, shape)
        normalise = Normalisation((0.5,) * 3, (0.5,) * 3, torch.device("cpu"))
        example = torch.zeros(2, *shape, dtype=torch.uint8)
        content = export(Servable(network, normalise).eval(), example)
        self._session = open_session(content, threads=torch.get_num_threads())
        self._images = np.zeros((BATCH_SIZE, *shape), dtype=np.uint8)
        self.milliseconds: list[float] = []
        self.images_per_second: list[float] = []

    def measure(self) -> None:
        """One round: the median of a few single images, and the rate of a batch, after a warm-up."""
        self._seconds(1)
        singles = [self._seconds(1) for _ in range(15)]
        self.milliseconds.append(1000 * statistics.median(singles))
        self.images_per_second.append(BATCH_SIZE / self._seconds(BATCH_SIZE))

    def figures(self) -> tuple[str, str]:
        """GFLOPs and milliseconds, as the catalogue has them."""
        return f"{self.flops / 1e9:.2f}", f"{statistics.median(self.milliseconds):.3g}"

    def _seconds(self, num_images: int) -> float:
        started = perf_counter()
        run(self._session, self._images[:num_images])
        return perf_counter() - started


def _table(rows: dict[str, Any]) -> str:
    lines = [
        f"ONNX Runtime, float32, one image and a batch of {BATCH_SIZE}: median and range over n ="
        f" {ROUNDS} rounds. {evidence('timm', 'onnxruntime')}.",
        "",
        "| " + " | ".join(HEADINGS) + " |",
        "|---|" + "---:|" * (len(HEADINGS) - 1),
    ]
    for name, row in rows.items():
        cells = (
            f"`{PREFIX}{name}`",
            str(row.entry.image_shape.height),
            f"{row.entry.num_parameters:,}",
            f"{row.flops / 1e9:.2f}",
            spread(row.milliseconds),
            spread(row.images_per_second),
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    typer.run(main)
