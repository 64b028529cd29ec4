"""`bakeoff run` and `bakeoff up`, as a person starts them: real processes, real HTTP."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from bakeoff import Client, RefusedError
from benchmarks.ports import free_port
from tests.waiting import until

BAKEOFF = [sys.executable, "-m", "bakeoff"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "BAKEOFF_DATA": str(tmp_path / "data"), "BAKEOFF_DEVICE": "cpu"}


def test_run_without_a_terminal_compares_writes_the_pictures_and_exits_with_0(
    environment: dict[str, str], tmp_path: Path
) -> None:
    port = free_port()
    command = ["run", "--dataset", "digits", "--epochs", "1", "--seeds", "1", "--port", str(port)]
    ended = subprocess.run(
        [*BAKEOFF, *command, "--output", str(tmp_path / "out")],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=240,
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    for architecture in ("fully_connected", "cnn", "residual_cnn"):
        assert f"{architecture} seed 0: succeeded" in ended.stdout
    assert (tmp_path / "out" / "report.html").read_text().startswith("<!doctype html>")
    assert (tmp_path / "out" / "learning_curves.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/health/live")


@pytest.mark.parametrize(
    ("host", "stop"),
    [("::1", signal.SIGINT), ("0.0.0.0", signal.SIGTERM)],  # noqa: S104 - as people set it
)
def test_up_says_where_it_is_reached_serves_until_it_is_told_to_stop_and_leaves_no_process(
    environment: dict[str, str], host: str, stop: signal.Signals
) -> None:
    environment["BAKEOFF_HOST"] = host
    command = [*BAKEOFF, "up", "--port", "0"]  # any port that is free
    # A shell that runs the tests in the background lets them, and all they start, ignore Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    started = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    signal.signal(signal.SIGINT, before)
    try:
        assert started.stdout
        line = next(line for line in started.stdout if "Bakeoff is up" in line)
        with Client(line.split()[3]) as client:
            assert client.is_ready()
            assert "cnn" in [architecture["name"] for architecture in client.list_architectures()]
            with pytest.raises(RefusedError, match="did you mean 'cnn'"):
                client.create_job("digits", "cn")
        children = descendants(started.pid)
        assert children
        started.send_signal(stop)
        started.communicate(timeout=60)  # each of the two has 15 s before it is killed
        assert started.returncode == 0
        wait_until_gone(children)
    finally:
        started.terminate()  # it stops its children, which a SIGKILL would leave
        started.communicate(timeout=60)


def test_a_taken_port_is_refused_in_one_sentence_that_says_what_to_do(
    environment: dict[str, str],
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = subprocess.run(
            [*BAKEOFF, "up", "--port", str(port)],
            env=environment,
            check=False,
            capture_output=True,
            text=True,
        )

    assert ended.returncode != 0
    assert "choose another port" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_host_that_is_no_address_is_refused_in_one_sentence(environment: dict[str, str]) -> None:
    environment["BAKEOFF_HOST"] = "nonsense.invalid"
    ended = subprocess.run(
        [*BAKEOFF, "up"], env=environment, check=False, capture_output=True, text=True
    )

    assert ended.returncode == 1
    assert "there is no address 'nonsense.invalid'" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_command_without_a_service_says_how_to_start_one(environment: dict[str, str]) -> None:
    ended = subprocess.run(
        [*BAKEOFF, "jobs", "--url", f"http://127.0.0.1:{free_port()}"],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )

    assert ended.returncode == 1
    assert "bakeoff up" in ended.stderr
    assert "Traceback" not in ended.stderr


def wait_until_gone(pids: list[int]) -> None:
    # multiprocessing's helpers leave when they have preloaded
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))


def descendants(pid: int) -> list[int]:
    found = []
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        found += [int(child), *descendants(int(child))]
    return found
