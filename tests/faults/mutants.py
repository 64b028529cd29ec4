"""Bugs planted on purpose, each with the test that must catch it: the proof that the proof can fail."""

import inspect
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, NamedTuple

SIMULATOR = "tests/faults/simulator.py"
CLAIMS = "tests/workers/queue/test_claims.py"
LEASES = "tests/workers/queue/test_leases.py"
CHECKPOINTS = "tests/workers/storage/test_checkpoints.py"
DISK = "tests/faults/test_disk.py"
DATABASE = "tests/faults/test_database.py"
STOPPED = "tests/faults/test_cancelled_and_killed.py"


class Mutant(NamedTuple):
    """A bug: one piece of a function's text replaced by another."""

    name: str
    function: str  # module:function or module:class.method
    old: str
    new: str
    caught_by: str
    seed: int = 0  # at which the simulator catches it: it is tried first


MUTANTS = [
    Mutant(
        "token dropped from the WHERE of every write",
        "workers.queue.leases:_update_if_held",
        "Job.token == lease.token, ",
        "",
        SIMULATOR,
        seed=49,
    ),
    Mutant(
        "a job that has ended can be written to",
        "workers.queue.leases:_update_if_held",
        ", Job.status == JobStatus.RUNNING)",
        ")",
        SIMULATOR,
        seed=17,
    ),
    Mutant(
        "lost lease revived by a renewal",
        "workers.queue.leases:renew",
        "_update_if_held(session, lease, lease_expires_at=now + duration)",
        "session.execute(update(Job).where(Job.id == lease.job_id)"
        ".values(token=lease.token, lease_expires_at=now + duration))",
        SIMULATOR,
        seed=28,
    ),
    Mutant(
        "attempt not counted",
        "workers.queue.claims:claim",
        "attempts=Job.attempts + 1",
        "attempts=Job.attempts",
        SIMULATOR,
    ),
    Mutant(
        "token not raised by a takeover",
        "workers.queue.claims:claim",
        "token=Job.token + 1",
        "token=func.max(Job.token, 1)",
        SIMULATOR,
    ),
    Mutant(
        "a lease that still runs is taken over",
        "workers.queue.claims:_abandoned_conditions",
        "Job.lease_expires_at < now",
        "Job.lease_expires_at > now",
        SIMULATOR,
        seed=2,
    ),
    Mutant(
        "a cancelled job is queued again",
        "workers.queue.leases:release",
        "status=case((Job.cancel_requested, JobStatus.CANCELLED), else_=JobStatus.QUEUED)",
        "status=JobStatus.QUEUED",
        f"{LEASES}::test_a_job_given_back_after_somebody_cancelled_it_is_cancelled",
    ),
    Mutant(
        "pointer before upload",
        "workers.kinds.train:TrainJob._record_epoch",
        "path = with_retries(lambda: self.checkpoints.put(content, token=token, epoch=number))",
        "import hashlib; path = f'checkpoints/{self.job.id}/{token}-{number}-'"
        " + hashlib.sha256(content).hexdigest() + '.safetensors'; late = lambda: with_retries("
        "lambda: self.checkpoints.put(content, token=token, epoch=number)); self.late = late",
        SIMULATOR,
        seed=7,
    ),
    Mutant(
        "success written without the token",
        "workers.queue.leases:_end",
        "_update_if_held(session, lease, status=status",
        "_update_if_held(session, Lease(lease.job_id, session.get(Job, lease.job_id).token), status=status",
        SIMULATOR,
        seed=172,
    ),
    Mutant(
        "the queue goes before jobs under way",
        "workers.queue.claims:_next",
        "_first(abandoned), _first(waiting)",
        "_first(waiting), _first(abandoned)",
        f"{CLAIMS}::test_a_dead_workers_job_is_taken_over_at_once_and_before_the_queue",
    ),
    Mutant(
        "cancel ignored by the worker",
        "workers.running.observation:observe",
        "if lease.job_id in requested",
        "if not requested",
        f"{STOPPED}::test_a_job_is_cancelled_in_every_phase",
    ),
    Mutant(
        "no fsync before the rename",
        "workers.storage.durable_files:write_durably",
        "os.fsync(file.fileno())",
        "pass",
        f"{DISK}::test_an_artifact_is_on_the_disk_before_it_has_its_name",
    ),
    Mutant(
        "claim without BEGIN IMMEDIATE",
        "workers.storage.database:_begin",
        '"BEGIN IMMEDIATE"',
        '"BEGIN DEFERRED"',
        f"{DATABASE}::test_a_writer_that_reads_first_is_not_failed_by_another_writer",
    ),
    Mutant(
        "checkpoint believed without its checksum",
        "workers.storage.artifacts:ArtifactStore.get",
        "!= sha256",
        "== ''",
        f"{CHECKPOINTS}::test_a_damaged_one_falls_back_by_one_and_says_why",
    ),
    Mutant(
        "only the last checkpoint kept",
        "workers.storage.checkpoints:Checkpoints.tidy",
        "epoch - 1",
        "epoch",
        f"{CHECKPOINTS}::test_the_last_two_are_kept_and_the_last_is_found",
    ),
    Mutant(
        "a dead worker's lock never read",
        "workers.running.host_locks:HostLocks._is_unheld",
        "return True",
        "return False",
        "tests/workers/running/test_host_locks.py",
    ),
]


@contextmanager
def planted(mutant: Mutant) -> Iterator[None]:
    """The function with its bug, and as it was again afterwards."""
    module_name, _, path = mutant.function.partition(":")
    module = import_module(module_name)
    owner: Any = getattr(module, path.partition(".")[0]) if "." in path else module
    name = path.rpartition(".")[2]
    original = getattr(owner, name)
    source = textwrap.dedent(inspect.getsource(original))
    assert mutant.old in source, f"{mutant.function} has changed; so must its mutant"
    changed = source.replace(mutant.old, mutant.new)
    if mutant.name == "pointer before upload":
        changed = changed.replace("with_retries(record)", "with_retries(record); self.late()")
    made: dict[str, Any] = {}
    exec(compile(changed, module.__file__ or "", "exec"), vars(module), made)  # noqa: S102 - our own text
    setattr(owner, name, made[name])
    try:
        yield
    finally:
        setattr(owner, name, original)
