"""A large installation to look at: one real training, and many whose numbers are its own, shaken."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bakeoff import Client
from benchmarks.large_comparison import enlarge, train
from benchmarks.ports import free_port
from service.commands._processes import run_processes
from workers.settings import Settings


@contextmanager
def large(num_comparisons: int, size: tuple[int, int, int]) -> Iterator[tuple[str, Settings]]:
    """A service and a worker with comparisons of `size`, architectures, seeds and epochs; its address."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder) / "data", device="cpu", port=free_port())
        with run_processes(settings, log_folder=Path(folder) / "logs") as started:
            with Client(started.url, timeout=600) as client:
                real = train(client, settings)
            for _ in range(num_comparisons):
                enlarge(settings, real, size)
            yield started.url, settings
