"""How the commands of the server start and stop: where they listen and live, and what they say if not."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from bakeoff import Client
from bakeoff.terminal.server_commands import SERVER_COMMANDS
from service.commands._data_folder import refuse_unwritable
from service.commands._listening import StartError, on_usable_port
from tests.migrated import migrate
from tests.service.conftest import served, started
from tests.tiny_disk import fill, tiny_disk
from tests.waiting import until
from workers.schema.migrate import SchemaError, upgrade
from workers.settings import Settings

BAKEOFF = [sys.executable, "-m", "bakeoff"]
ODD = "a b%20?q#h::ü中[1]'&=~*"
#: Runs one command after the other, as where there is no fcntl.
WITHOUT_FCNTL = """
import sys
sys.modules["fcntl"] = None
from bakeoff.commands import main
for name in sys.argv[1:]:
    sys.argv = ["bakeoff", name]
    try:
        main()
    except SystemExit as ended:
        print(name, ended.code, sep="|")
"""


def listens(file: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as trial:
        return trial.connect_ex(str(file)) == 0


def environment(data: Path, **settings: str) -> dict[str, str]:
    return {**os.environ, "BAKEOFF_DATA": str(data), "BAKEOFF_DEVICE": "cpu", **settings}


def refused(data: Path, *command: str, **settings: str) -> str:
    ended = subprocess.run(
        [*BAKEOFF, *command],
        env=environment(data, **settings),
        check=False,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    [sentence] = ended.stderr.splitlines()
    return sentence


def test_serve_lives_in_a_folder_of_any_name_at_a_unix_socket_and_ends_with_0(
    tmp_path: Path,
) -> None:
    folder = tmp_path / ODD
    folder.mkdir()
    data, file = folder / "data", folder / "s"
    migrate(Settings(data=data).resolved_database_url)
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(str(file))  # a socket of a process that was killed
    host = f"unix:{file}"
    started = subprocess.Popen(
        [*BAKEOFF, "serve"],
        env=environment(data, BAKEOFF_HOST=host, BAKEOFF_ARTIFACTS_URL=f"{folder}/artifacts"),
    )
    try:
        until(lambda: listens(file))
        with Client(host) as client:
            assert client.create_job("digits", "cnn")["status"] == "queued"
            with pytest.raises(StartError, match="another service listens"):
                on_usable_port(Settings(data=data, host=host))
        assert (data / "bakeoff.db").exists()
        started.terminate()
        assert started.wait(timeout=60) == 0
        assert not file.exists()
    finally:
        started.kill()


def test_a_taken_port_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = Settings(data=tmp_path, port=taken.getsockname()[1])
        with pytest.raises(StartError, match="choose another port"):
            on_usable_port(settings)


@pytest.mark.parametrize("file", ["file", "nowhere/socket", "long" * 50])
def test_a_socket_that_cannot_be_made_is_refused_in_one_sentence(tmp_path: Path, file: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StartError, match="no socket can be made"):
        on_usable_port(Settings(data=tmp_path, host=f"unix:{tmp_path / file}"))


def test_a_data_folder_that_cannot_be_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    sentence = refused(tmp_path / "file", "migrate")

    assert "nothing can be written to the data folder" in sentence
    assert "BAKEOFF_DATA" in sentence


def test_a_data_folder_on_a_full_or_read_only_disk_is_refused_in_one_sentence(
    tmp_path: Path,
) -> None:
    with tiny_disk(tmp_path / "disk", mebibytes=1) as disk:
        fill(disk)
        with pytest.raises(StartError, match="No space left on device"):
            refuse_unwritable(Settings(data=disk))
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        with pytest.raises(StartError, match="Read-only file system"):
            refuse_unwritable(Settings(data=disk))


def test_a_database_that_is_none_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "bakeoff.db").write_bytes(b"nonsense" * 100)
    with pytest.raises(SchemaError, match="file is not a database"):
        upgrade(Settings(data=tmp_path).resolved_database_url)


def test_without_fcntl_as_on_windows_each_command_says_what_to_do(tmp_path: Path) -> None:
    asked = [name for name in SERVER_COMMANDS if name not in {"settings", "check"}]
    ended = subprocess.run(
        [sys.executable, "-c", WITHOUT_FCNTL, *asked],
        env=environment(tmp_path),
        check=True,
        capture_output=True,
        text=True,
    )

    said = dict(line.split("|", 1) for line in ended.stdout.splitlines())
    assert set(said) == set(asked)
    for name, sentence in said.items():
        assert sentence.startswith(f"bakeoff: '{name}' needs Linux or macOS. On Windows, run it in")
        assert "WSL" in sentence


def test_two_services_share_one_folder(tmp_path: Path) -> None:
    """Allowed: what one has accepted the other shows, since all state is in the database."""
    for service in started(tmp_path / "data"):
        with served(service.settings) as first, served(service.settings) as second:
            body = {"dataset": "digits", "architecture": "cnn"}
            made = httpx.post(f"{first}/v1/jobs", json=body).json()
            assert httpx.get(f"{second}/v1/jobs/{made['id']}").json()["status"] == "queued"
            httpx.post(f"{second}/v1/jobs/{made['id']}/cancel")
            assert httpx.get(f"{first}/v1/jobs/{made['id']}").json()["status"] == "cancelled"
