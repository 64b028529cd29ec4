"""How busy the machine is, and with what."""

from time import perf_counter

import psutil


class Load:
    """The work of other processes on this machine since the object was made."""

    def __init__(self) -> None:
        self._started = perf_counter()
        self._before = _seconds_of_others()

    def of_others(self) -> float:
        """The number of cores, on average, that other processes have kept busy."""
        busy = _seconds_of_others() - self._before
        return max(0.0, busy / (perf_counter() - self._started))


def load_average() -> float:
    """Processes that wanted to run in the last minute, on average."""
    last_minute: float = psutil.getloadavg()[0]
    return last_minute


def _seconds_of_others() -> float:
    """Busy seconds of all cores since the machine was started, without those of this process."""
    times = psutil.cpu_times()
    # Linux counts the seconds of virtual machines as those of users too.
    not_counted = ("idle", "iowait", "guest", "guest_nice")
    idle = sum(getattr(times, name, 0.0) for name in not_counted)
    own = psutil.Process().cpu_times()
    others: float = sum(times) - idle - own.user - own.system
    return others
