"""Seconds of work on a device, with pauses."""

from time import perf_counter

import torch

from workers.training.hardware.device import synchronize


class Stopwatch:
    """Adds up stretches of work; it stops only when the device has done what it was given."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self.reset()

    def reset(self) -> None:
        """Begin at zero."""
        self._total = 0.0
        self._started: float | None = None

    def start(self) -> None:
        """Go on."""
        self._started = perf_counter()

    def since_start(self) -> float:
        """Seconds of the stretch under way, without waiting for the device."""
        return perf_counter() - self._started if self._started is not None else 0.0

    def stop(self) -> float:
        """Pause, and return all seconds since reset()."""
        if self._started is not None:
            synchronize(self._device)
            self._total += perf_counter() - self._started
            self._started = None
        return self._total
