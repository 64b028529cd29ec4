"""The workers of the simulator: the real Worker over an executor, locks and a stop of its own."""

from types import SimpleNamespace

from tests.faults.simulated.actors import Actor
from tests.faults.simulated.faults import Faults
from tests.faults.simulated.scheduler import Scheduler
from workers import crash_points
from workers.crash_points import CrashPoint
from workers.queue.leases import Lease
from workers.running import job_process, worker
from workers.running.executors import ProcessExit
from workers.settings import Settings


class SimulatedExecutor:
    """One slot. Children are actors; a start may happen twice and a stop may get lost."""

    num_slots = 1
    device = "cpu"

    def __init__(self, processes: "Processes", parent: Actor) -> None:
        self._processes, self._parent = processes, parent
        self._children: dict[Lease, Actor] = {}

    def reserve(self, *, background: bool = False) -> bool:
        return not self._children and not background

    def unreserve(self) -> None:
        """Nothing was kept."""

    def start(self, lease: Lease, worker_lock: object) -> None:
        del worker_lock
        crash_points.reach(CrashPoint.START)
        assert not self._children, "two children in one slot"
        self._children[lease] = self._processes.start_child(self._parent, lease)
        if self._processes.faults.happens("duplicate start"):
            self._processes.start_child(self._parent, lease)
        crash_points.reach(CrashPoint.STARTED)

    def poll(self) -> list[ProcessExit]:
        ended = [
            ProcessExit(lease, child.exit_code)
            for lease, child in self._children.items()
            if child.exit_code is not None
        ]
        for process_exit in ended:
            del self._children[process_exit.lease]
        return ended

    def stop(self, lease: Lease) -> None:
        crash_points.reach(CrashPoint.STOP)
        child = self._children.pop(lease, None)
        if child and not self._processes.faults.happens("lost stop", 0.5):
            self._processes.scheduler.kill(child)
        crash_points.reach(CrashPoint.STOPPED)


class Stop:
    """The event a worker waits on, never set; waiting gives the others their turn."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler

    def is_set(self) -> bool:
        return False

    def wait(self, seconds: float) -> None:
        self._scheduler.sleep(seconds * self._scheduler.random.uniform(4, 20))


class Processes:
    """Workers that are started again when they die, as a supervisor does."""

    def __init__(
        self, settings: Settings, scheduler: Scheduler, faults: Faults, *, is_one_machine: bool
    ) -> None:
        self._settings = settings
        self.scheduler, self.faults = scheduler, faults
        self._is_one_machine = is_one_machine
        self._workers: list[Actor] = []
        self._ids: dict[Actor, str] = {}

    def start_worker(self) -> None:
        name = f"worker{len(self._workers) + self.faults.happened.total()}"
        actor = Actor(name, lambda: self._work(actor))
        self._workers.append(self.scheduler.add(actor))

    def start_child(self, parent: Actor, lease: Lease) -> Actor:
        name = f"{parent.name}/{lease.job_id}#{lease.token}"
        return self.scheduler.add(
            Actor(name, lambda: job_process.run_job(self._settings, lease), parent=parent)
        )

    def replace_dead(self, actor: Actor) -> None:
        """A child dies with its worker, and a worker that has died is started again."""
        if actor not in self._workers:
            return
        for child in self.scheduler.family(actor)[1:]:
            self.scheduler.kill(child)
        self._workers.remove(actor)
        self.start_worker()

    def alive(self) -> set[str]:
        """The ids of the workers of which a process lives."""
        return {
            self._ids.get(worker, "")
            for worker in self._workers
            if any(member.is_alive for member in self.scheduler.family(worker))
        }

    def locks(self) -> "SimulatedLocks":
        return SimulatedLocks(self, is_one_machine=self._is_one_machine)

    def _work(self, actor: Actor) -> None:
        executor = SimulatedExecutor(self, actor)
        made = worker.Worker(self._settings, executor, clock=lambda _: self.scheduler.now())
        self._ids[actor] = made.id
        made.run_forever(Stop(self.scheduler))  # type: ignore[arg-type]


class SimulatedLocks:
    """The locks of one machine: who is alive is known at once. On many machines it is not."""

    def __init__(self, processes: Processes, *, is_one_machine: bool) -> None:
        self._processes, self._is_one_machine = processes, is_one_machine

    def acquire(self, name: str) -> SimpleNamespace:
        return SimpleNamespace(release=lambda: None, name=name)

    def remove_unheld(self, *, keep: set[str]) -> None:
        """There are no files."""

    def find_unheld(self, names: set[str]) -> set[str]:
        return names - self._processes.alive() if self._is_one_machine else set()
