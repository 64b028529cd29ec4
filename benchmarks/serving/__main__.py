"""make bench-serving: ours beside the servers people would take instead → docs/serving-speed.md.

One network (the assignment's CNN on 28×28), one machine, one load generator in a process of its own,
the servers by turns, one up at a time. Then ours without each part of `service.overload`.
"""

import json
import tempfile
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from benchmarks.serving import ablation, beside_peers
from benchmarks.serving.bodies import make_bodies, train
from benchmarks.serving.evidence import evidence
from benchmarks.serving.page import NUMBERS, TARGET, page


class Only(StrEnum):
    """One of the two measurements alone."""

    PEERS = "peers"
    ABLATION = "ablation"


def main(
    rounds: Annotated[int, typer.Option(help="Times every server is measured.")] = 3,
    ablation_rounds: Annotated[int, typer.Option(help="Times every variant is measured.")] = 5,
    seconds: Annotated[int, typer.Option(help="Of each measurement.")] = 3,
    only: Annotated[Only | None, typer.Option(help="One of the two measurements alone.")] = None,
) -> None:
    """Train the network, measure round after round, write the page."""
    known: dict[str, Any] = json.loads(NUMBERS.read_text())
    about = {"seconds": seconds, "date": f"{datetime.now(UTC):%Y-%m-%d}", "evidence": evidence()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model_id = train(folder)["id"]
        bodies = make_bodies(folder)
        if only is not Only.ABLATION:
            known |= {**about, "rounds": []}
            for _ in range(rounds):
                known["rounds"].append(beside_peers.measure(model_id, bodies, folder, seconds))
                write(known)
        if only is not Only.PEERS:
            measured = ablation.measure(
                model_id, bodies, folder, rounds=ablation_rounds, seconds=seconds
            )
            known["ablation"] = {**about, "rounds": measured}
            ablation.write_readme(measured, seconds)
            write(known)
            typer.echo("\n".join(ablation.table(measured)))


def write(known: dict[str, Any]) -> None:
    """Write the numbers, and the page that is made of them."""
    NUMBERS.write_text(json.dumps(known, indent=1) + "\n")
    TARGET.write_text(page(known))
    Console().print(f"written: {TARGET}")


if __name__ == "__main__":
    typer.run(main)
