"""A stopwatch for work on a device."""

from time import perf_counter

import torch

from workers.training.hardware.device import synchronize


class Stopwatch:
    """Adds up stretches of work. It waits for the device before it stops."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self.reset()

    def reset(self) -> None:
        """Set the stopwatch to zero."""
        self._total = 0.0
        self._started: float | None = None

    def start(self) -> None:
        """Start or resume the stopwatch."""
        self._started = perf_counter()

    def since_start(self) -> float:
        """Seconds since start(), without waiting for the device."""
        return perf_counter() - self._started if self._started is not None else 0.0

    def stop(self) -> float:
        """Wait for the device, pause, and return the seconds added up since reset()."""
        if self._started is not None:
            synchronize(self._device)
            self._total += perf_counter() - self._started
            self._started = None
        return self._total
