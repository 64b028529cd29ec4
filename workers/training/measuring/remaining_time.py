"""An estimate of how long a training will still take."""

from time import perf_counter

from workers.training.results import Progress


class RemainingTime:
    """Extrapolates from the epochs of this process, their evaluation included."""

    def __init__(self, epochs_done: int, epochs: int) -> None:
        self._started = perf_counter()
        self._epochs_done = epochs_done
        self._epochs = epochs

    def estimate(self, progress: Progress) -> float:
        """Seconds until the last epoch has been trained and evaluated."""
        done = progress.epoch - 1 + progress.step / progress.steps - self._epochs_done
        left = self._epochs - self._epochs_done - done
        return (perf_counter() - self._started) / done * left
