"""Jobs as child processes of this machine, one slot for each GPU, one on a CPU.

Children come from a forkserver that has torch loaded already: about 15 ms to start one instead of
over a second. A crash or a cancel costs one child and frees all its memory.
"""

import multiprocessing
from multiprocessing.context import ForkServerProcess
from multiprocessing.forkserver import ensure_running

from workers.executors import Ended
from workers.executors.gpus import gpu_ids
from workers.leases import Lease
from workers.run import run_child
from workers.settings import Settings

CPU = ""  # the slot that sees no GPU


class LocalExecutor:
    """Starts, polls and stops children. Make it before any database engine is opened."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        wanted = settings.device in {"auto", "cuda"}
        self._free = (gpu_ids() if wanted else []) or [CPU]
        self.num_slots = len(self._free)
        self._children: dict[Lease, tuple[ForkServerProcess, str]] = {}
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["__main__", "workers.preload"])
        ensure_running()

    @property
    def num_free(self) -> int:
        """How many more jobs could start now."""
        return len(self._free)

    def start(self, lease: Lease) -> None:
        """Start a job in a free slot."""
        slot = self._free.pop(0)
        child = self._context.Process(
            target=run_child, args=(self._settings, lease, slot), name=f"job {lease.job_id}"
        )
        child.start()
        self._children[lease] = (child, slot)

    def poll(self) -> list[Ended]:
        """The jobs whose process has ended since the last poll."""
        ended = [
            Ended(lease, child.exitcode)
            for lease, (child, _) in self._children.items()
            if child.exitcode is not None
        ]
        for one in ended:
            self._release(one.lease)
        return ended

    def stop(self, lease: Lease) -> None:
        """Kill a job's process at once; returns when it is gone."""
        if lease in self._children:
            child, _ = self._children[lease]
            child.kill()
            child.join()
            self._release(lease)

    def _release(self, lease: Lease) -> None:
        child, slot = self._children.pop(lease)
        child.close()
        self._free.append(slot)
