"""make bench-training: the trainer against other ways to train the same network → docs/training-speed.md.

Every contender trains the same network on the same images in a process of its own. The contenders
run in turns, round after round, so that what disturbs the machine disturbs them all. Ratios are
taken within a round, against the ordinary loop; the median and the range over rounds are printed.
"""

import json
import statistics
from datetime import UTC, datetime
from typing import Annotated, Any

import torch
import typer
from rich.console import Console
from torch.utils.benchmark import Timer

from benchmarks import speed_chart
from benchmarks.contenders import BATCH_SIZE, IMAGES, SHAPES
from benchmarks.evidence import evidence
from benchmarks.printed import ROOT, printed
from benchmarks.spread import spread
from models import ImageShape, architectures
from workers.training.hardware.device import resolve
from workers.training.measuring.network_summary import count_flops

CONTENDERS = (
    "ordinary",
    "bakeoff",
    "bakeoff_float32",
    "lightning",
    "keras_torch",
    "keras_jax",
)
PEAK_SIDE = 2048  # of the square matrices whose product is taken as the peak of the machine
FORWARD_AND_BACKWARD = 3  # times the operations of the forward pass
TARGET = ROOT / "docs" / "training-speed.md"
NUMBERS = TARGET.with_suffix(".json")
CHART = TARGET.with_suffix(".svg")

METHOD = (
    "Speed relative to the ordinary PyTorch loop (torchvision's dataset, ToTensor and Normalize,"
    f" DataLoader, Adam), batch {BATCH_SIZE}: median and range over n = {{rounds}} rounds of the ratio"
    " within a round. Each contender runs in a process of its own and is timed over its second epoch,"
    " which has as many images as the table says. All train the same network with the same number of"
    " parameters. bakeoff chooses its precision; bakeoff float32 and the peers compute in float32."
)
LIMITS = (
    "The last two columns say how far the training is from two limits. The first limit is the time of"
    " the network's products and convolutions alone, forward and backward, each in the faster of"
    " float32 and bfloat16 and at its fastest in the same run. The second is the fastest"
    f" {PEAK_SIDE} × {PEAK_SIDE} matrix product of the machine; training is counted as three times"
    " the operations of the forward pass."
)

Rounds = list[dict[str, float]]


def main(
    rounds: Annotated[int, typer.Option(help="How often every contender runs.")] = 3,
    architecture: Annotated[list[str] | None, typer.Option(help="Only these.")] = None,
) -> None:
    """Measure, print and write the page; architectures left out keep their numbers."""
    known: dict[str, Any] = json.loads(NUMBERS.read_text()) if NUMBERS.exists() else {}
    for name in architecture or SHAPES:
        images = IMAGES[name]
        known[name] = {
            "images": images,
            "peak_flops": peak_flops(),
            "layers_seconds": printed("layer_speed", name)["seconds"],
            "evidence": evidence("lightning", "keras", "jax"),
            "rounds": measured(name, images, rounds),
            "profile": printed("training_profile", name, str(images)),
        }
        NUMBERS.write_text(json.dumps(known, indent=1) + "\n")
        Console().print(row(name, known[name]), soft_wrap=True, highlight=False)
    found = {name: known[name] for name in SHAPES if name in known}
    TARGET.write_text(page(found))
    speed_chart.write(found, CHART)


def measured(architecture: str, images: int, rounds: int) -> Rounds:
    """Seconds of an epoch by contender, for every round."""
    return [
        {name: _seconds(name, architecture, images) for name in CONTENDERS} for _ in range(rounds)
    ]


def _seconds(contender: str, architecture: str, images: int) -> float:
    return float(printed(f"contenders.{contender}", architecture, str(images))["seconds"])


def peak_flops() -> float:
    """Operations a second of this machine's fastest matrix product, in float32 or bfloat16."""
    device = resolve("auto")
    best = 0.0
    for dtype in (torch.float32, torch.bfloat16):
        left = torch.rand(PEAK_SIDE, PEAK_SIDE, device=device).to(dtype)
        for _ in range(8):
            threads = torch.get_num_threads()  # a Timer has one
            clock = Timer("left @ left", globals={"left": left}, num_threads=threads)
            best = max(best, 2 * PEAK_SIDE**3 / clock.timeit(1).mean)
    return best


def row(architecture: str, found: dict[str, Any]) -> str:
    """One line of the table."""
    rounds: Rounds = found["rounds"]
    ours = statistics.median(seconds["bakeoff"] for seconds in rounds)
    ordinary = statistics.median(seconds["ordinary"] for seconds in rounds)
    network = architectures[architecture](ImageShape(*SHAPES[architecture]), 10)
    work = FORWARD_AND_BACKWARD * count_flops(network, ImageShape(*SHAPES[architecture]))
    share_of_peak = work * found["images"] / ours / found["peak_flops"]
    share_of_layers = found["layers_seconds"] * found["images"] / BATCH_SIZE / ours
    cells = [
        architecture,
        f"{found['images']:,}",
        f"{found['images'] / ordinary:,.0f}",
        f"{found['images'] / ours:,.0f}",
        *(_ratio(rounds, name) for name in CONTENDERS[1:]),
        f"{share_of_layers:.0%}",
        f"{share_of_peak:.0%}",
    ]
    return "| " + " | ".join(cells) + " |"


def _ratio(rounds: Rounds, contender: str) -> str:
    return spread([seconds["ordinary"] / seconds[contender] for seconds in rounds], "×")


def _profile(shares: dict[str, float]) -> str:
    return ", ".join(f"{kernel} {share:.0%}" for kernel, share in shares.items())


def page(known: dict[str, Any]) -> str:
    """The page as Markdown."""
    last = next(reversed(known.values()))
    return "\n".join(
        [
            "# How fast training is",
            "",
            f"Written by `make bench-training` on {datetime.now(UTC):%Y-%m-%d}; do not edit.",
            "",
            METHOD.format(rounds=len(last["rounds"])),
            "",
            f"{last['evidence']}.",
            "",
            "![Speed over the ordinary loop](training-speed.svg)",
            "",
            "| network | images | ordinary, images/s | bakeoff, images/s | bakeoff | bakeoff float32 |"
            " Lightning | Keras on PyTorch | Keras on JAX |"
            " share of its layers' best | share of the machine's peak |",
            "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
            *(row(name, found) for name, found in known.items()),
            "",
            LIMITS,
            "",
            *_kernels(known),
        ]
    )


def _kernels(known: dict[str, Any]) -> list[str]:
    return [
        "## What limits it",
        "",
        "The kernels that take most of the time of bakeoff's training, each with its share"
        " (torch.profiler, one epoch). What each of the trainer's own tricks gains is measured by"
        " `make bench-tricks`.",
        "",
        "| network | |",
        "|---|---|",
        *(f"| {name} | {_profile(found['profile'])} |" for name, found in known.items()),
        "",
    ]


if __name__ == "__main__":
    typer.run(main)
