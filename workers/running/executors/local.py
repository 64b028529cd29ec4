"""Jobs as child processes of this machine, one slot for each GPU, one on a CPU, and one beside them.

Children come from a forkserver that has torch loaded already: about 15 ms to start one instead of
over a second. A crash or a cancel costs one child and frees all its memory. A GPU runs one child at
a time, however many workers there are: the child holds the GPU's lock.
"""

import contextlib
import multiprocessing
import os
import signal
from multiprocessing.context import ForkServerProcess
from multiprocessing.forkserver import ensure_running

from workers.crash_points import CrashPoint, reach
from workers.queue.leases import Lease
from workers.running.device_names import DeviceName
from workers.running.executors import ProcessExit
from workers.running.gpus import gpu_ids
from workers.running.host_locks import HostLock, HostLocks
from workers.running.job_process import run_child
from workers.settings import Settings
from workers.training.hardware.allocator import give_no_chunk_cache_to_children

CPU = ""  # the slot that sees no GPU; a CPU is shared by those who ask for it
BACKGROUND = "background"  # the slot of a job that runs beside trainings; it sees no GPU either
FORKSERVER_GONE = 255  # multiprocessing's exit code of a child it can say nothing about


class LocalExecutor:
    """Starts, polls and stops children. Make it before any database engine is opened."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._locks = HostLocks(settings.locks_folder)
        may_use_gpus = settings.device in {"auto", "cuda"}
        self._free = (gpu_ids() if may_use_gpus else []) or [CPU]
        self.num_slots = len(self._free)
        self._is_background_free = True
        self._reserved: tuple[str, HostLock | None] | None = None
        self._children: dict[Lease, tuple[ForkServerProcess, str]] = {}
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["__main__", "workers.running.preload"])
        give_no_chunk_cache_to_children()
        ensure_running()
        self._device_name = DeviceName(self._context, settings.device)

    @property
    def device(self) -> str:
        """The product name of the device, as soon as it is known; until then the setting."""
        return str(self._device_name)

    def reserve(self, *, background: bool = False) -> bool:
        """Reserve a slot for the next start; False where all are taken, by us or by others."""
        if background:
            if not self._is_background_free:
                return False
            self._is_background_free, self._reserved = False, (BACKGROUND, None)
            return True
        for slot in self._free:
            lock = None if slot == CPU else self._locks.try_acquire(f"gpu-{slot}")
            if lock or slot == CPU:
                self._free.remove(slot)
                self._reserved = (slot, lock)
                return True
        return False

    def unreserve(self) -> None:
        """Free the slot that was reserved."""
        if self._reserved:
            slot, lock = self._reserved
            self._give_back(slot)
            self._reserved = None
            if lock:
                lock.release()

    def start(self, lease: Lease, worker_lock: HostLock) -> None:
        """Start a job in the slot that was reserved."""
        if self._reserved is None:
            raise RuntimeError("a slot is reserved before a job is started in it")
        reach(CrashPoint.START)
        slot, lock = self._reserved
        gpu = CPU if slot == BACKGROUND else slot
        child = self._context.Process(
            target=run_child,
            args=(
                self._settings,
                lease,
                gpu,
                [worker_lock, *([lock] if lock else [])],
            ),
            name=f"job {lease.job_id}",
        )
        child.start()
        self._children[lease] = (child, slot)
        self._reserved = None
        if lock:
            lock.release()  # it is the child's alone now, and free when that is gone
        reach(CrashPoint.STARTED)

    def poll(self) -> list[ProcessExit]:
        """The processes that have ended since the last poll."""
        exits = [
            ProcessExit(lease, child.exitcode)
            for lease, (child, _) in self._children.items()
            if child.exitcode is not None
        ]
        for process_exit in exits:
            self._release(process_exit.lease)
        return exits

    def stop(self, lease: Lease) -> None:
        """Kill a job's process at once; returns when it is gone."""
        reach(CrashPoint.STOP)
        if lease in self._children:
            child, _ = self._children[lease]
            child.kill()
            child.join()
            self._release(lease)
        reach(CrashPoint.STOPPED)

    def _release(self, lease: Lease) -> None:
        child, slot = self._children.pop(lease)
        if child.exitcode == FORKSERVER_GONE and child.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child.pid, signal.SIGKILL)  # it has outlived the forkserver
        child.close()
        self._give_back(slot)

    def _give_back(self, slot: str) -> None:
        if slot == BACKGROUND:
            self._is_background_free = True
        else:
            self._free.append(slot)
