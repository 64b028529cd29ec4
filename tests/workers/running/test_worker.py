"""A real worker: real children from the forkserver, real kills, the same bits in the end."""

import os
import signal
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest
import torch
from torch import Tensor

from tests.waiting import until
from tests.workers.installation import Installation, child_of_job, is_alive
from tests.workers.running.conftest import AtWork
from workers.storage.tables import MAX_ATTEMPTS, JobStatus
from workers.training.hardware.device import device_name

SHORT = {"epochs": 2, "batch_size": 64}
ENDLESS = {"epochs": 1000, "batch_size": 64}
SEVERAL = {"epochs": 8, "batch_size": 32, "augmentation": "crop", "optimizer": "adamw"}


class Undisturbed(NamedTuple):
    """What comes of SEVERAL where nothing happens on the way."""

    metrics: dict[int, dict[str, float | None]]
    weights: dict[str, Tensor]


@pytest.fixture(scope="module")
def undisturbed(one_worker: AtWork) -> Undisturbed:
    installation = one_worker.installation
    job_id = installation.enqueue(SEVERAL)
    assert installation.ended(job_id).status == JobStatus.SUCCEEDED
    return Undisturbed(installation.metrics(job_id), installation.weights(job_id))


def assert_same(expected: Undisturbed, installation: Installation, job_id: str) -> None:
    assert installation.metrics(job_id) == expected.metrics
    found = installation.weights(job_id)
    assert [name for name in found if not found[name].equal(expected.weights[name])] == []


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")


def test_a_worker_says_on_what_device_its_jobs_run(one_worker: AtWork) -> None:
    def device() -> str:
        [registered] = one_worker.installation.workers()
        return registered.device

    until(lambda: device() != "cpu")  # which is the setting, until a child has found out the name
    assert device() == device_name(torch.device("cpu"))


def test_a_training_succeeds_in_a_process_of_its_own_while_the_parent_has_no_torch(
    at_work: AtWork,
) -> None:
    installation, worker = at_work
    job_id = installation.enqueue(SHORT)
    until(lambda: installation.job(job_id).progress)
    mapped = Path(f"/proc/{worker.pid}/maps").read_text()
    ended = installation.ended(job_id)

    assert "libtorch" not in mapped
    assert (ended.status, ended.error) == (JobStatus.SUCCEEDED, None)
    assert ended.epoch == 2
    assert sorted(installation.metrics(job_id)) == [1, 2]
    assert installation.weights(job_id)
    folder = installation.settings.data / "artifacts"
    assert not list(folder.glob(f"checkpoints/{job_id}/*"))  # nothing needs them any more
    assert list(folder.glob(f"predictions/{job_id}/*.safetensors"))


def test_a_running_job_is_stopped_within_a_second_of_being_cancelled(at_work: AtWork) -> None:
    installation, worker = at_work
    job_id, next_id = installation.enqueue(ENDLESS), installation.enqueue(SHORT)
    until(lambda: installation.job(job_id).epoch)
    process = until(lambda: child_of_job(worker.pid))
    started = time.monotonic()
    installation.cancel(job_id)
    ended = installation.ended(job_id)
    seconds = time.monotonic() - started

    assert ended.status == JobStatus.CANCELLED
    assert seconds < 1
    assert not is_alive(process)
    assert installation.ended(next_id).status == JobStatus.SUCCEEDED


def test_a_job_whose_process_is_killed_ends_in_the_same_bits_as_one_left_alone(
    at_work: AtWork, undisturbed: Undisturbed
) -> None:
    installation, worker = at_work
    killed = installation.enqueue(SEVERAL)
    until(lambda: installation.job(killed).epoch >= 2)
    os.kill(until(lambda: child_of_job(worker.pid)), signal.SIGKILL)
    ended = installation.ended(killed)

    assert (ended.status, ended.attempts) == (JobStatus.SUCCEEDED, 2)
    assert_same(undisturbed, installation, killed)


def test_a_job_of_a_fold_whose_process_is_killed_ends_in_the_same_bits_too(
    at_work: AtWork,
) -> None:
    installation, worker = at_work
    fold = {"fold": 2, "folds": 3, "architecture": "cnn", "options": {"channels": [4, 8]}}
    recipe = {**SEVERAL, "batch_size": 64}
    straight = installation.enqueue(recipe, **fold)
    assert installation.ended(straight).status == JobStatus.SUCCEEDED
    killed = installation.enqueue(recipe, **fold)
    until(lambda: installation.job(killed).epoch >= 2)
    os.kill(until(lambda: child_of_job(worker.pid)), signal.SIGKILL)
    ended = installation.ended(killed)

    assert (ended.status, ended.attempts) == (JobStatus.SUCCEEDED, 2)
    expected = Undisturbed(installation.metrics(straight), installation.weights(straight))
    assert_same(expected, installation, killed)
    results = [installation.job(job_id).result or {} for job_id in (straight, killed)]
    assert len({result["predictions_sha256"] for result in results}) == 1


def test_a_worker_that_is_killed_takes_its_job_along_and_the_next_one_finishes_it(
    installation: Installation, undisturbed: Undisturbed
) -> None:
    orphan = installation.enqueue(SEVERAL)
    with installation.worker() as first:
        until(lambda: installation.job(orphan).epoch >= 2)
        process = until(lambda: child_of_job(first.pid))
        first.kill()
        until(lambda: not is_alive(process))
    with installation.worker():
        ended = installation.ended(orphan)

    assert ended.status == JobStatus.SUCCEEDED
    assert ended.token == 2
    assert_same(undisturbed, installation, orphan)


def test_a_worker_that_is_stopped_gives_its_job_back_without_counting_the_attempt(
    installation: Installation,
) -> None:
    job_id = installation.enqueue(ENDLESS)
    with installation.worker():
        until(lambda: installation.job(job_id).epoch >= 1)

    job = installation.job(job_id)
    assert (job.status, job.attempts) == (JobStatus.QUEUED, 0)
    assert job.checkpoint
    assert installation.workers() == []


def test_a_job_that_kills_its_process_every_time_fails_with_the_reason(at_work: AtWork) -> None:
    installation, worker = at_work
    job_id = installation.enqueue(ENDLESS)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        until(
            lambda n=attempt: (
                installation.job(job_id).attempts == n and installation.job(job_id).progress
            )
        )
        os.kill(until(lambda: child_of_job(worker.pid)), signal.SIGKILL)
    ended = installation.ended(job_id)

    assert ended.status == JobStatus.FAILED
    assert "killed (signal 9, often for lack of memory) on each of 3 attempts" in str(ended.error)


def test_a_training_that_cannot_be_done_fails_with_one_sentence(at_work: AtWork) -> None:
    installation, _ = at_work
    diverging = {"epochs": 30, "optimizer": "sgd", "learning_rate": 10.0, "weight_decay": 1.0}
    job_id = installation.enqueue(diverging, architecture="cnn")
    absent = installation.enqueue(SHORT, dataset="my_own")
    ended, without_data = installation.ended(job_id), installation.ended(absent)

    assert ended.status == JobStatus.FAILED
    assert "diverged in epoch" in str(ended.error)
    assert without_data.status == JobStatus.FAILED
    assert "PUT /v1/datasets/my_own" in str(without_data.error)


def test_a_damaged_checkpoint_costs_time_and_nothing_else(
    at_work: AtWork, undisturbed: Undisturbed
) -> None:
    installation, worker = at_work
    damaged = installation.enqueue(SEVERAL)
    until(lambda: installation.job(damaged).epoch >= 2)
    process = until(lambda: child_of_job(worker.pid))
    os.kill(process, signal.SIGSTOP)
    path = installation.settings.data / "artifacts" / str(installation.job(damaged).checkpoint)
    path.write_bytes(path.read_bytes()[:-10])
    os.kill(process, signal.SIGKILL)
    ended = installation.ended(damaged)

    assert (ended.status, ended.attempts) == (JobStatus.SUCCEEDED, 2)
    assert_same(undisturbed, installation, damaged)
