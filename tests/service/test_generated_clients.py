"""Clients that others generate from the description of the API: complete, and they work.

openapi-typescript is tried by `make check-dashboard`: the dashboard is checked against its types.
"""

import json
import os
import re
import subprocess
import venv
from pathlib import Path
from typing import Any

import pytest

from tests.service.conftest import Service

GENERATOR = "openapi-python-client==0.29.1"  # in an environment of its own: it wants an older typer
SCRIPT = Path(__file__).with_name("generated_client.py")


def run(*command: str | Path, **environment: str) -> str:
    ended = subprocess.run(
        command,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    return ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment with the generator."""
    folder = tmp_path_factory.mktemp("generator")
    venv.create(folder, with_pip=True)
    installed = subprocess.run(
        [folder / "bin" / "python", "-m", "pip", "install", "--quiet", GENERATOR],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if installed.returncode:
        pytest.skip(f"{GENERATOR} cannot be installed: {installed.stderr[-300:]}")
    return folder / "bin"


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_generated_client_trains_compares_and_predicts(
    service: Service, empty_address: str, environment: Path, tmp_path: Path
) -> None:
    description = service.http.get("/openapi.json").json()
    (tmp_path / "openapi.json").write_text(json.dumps(description))
    path = f"{environment}{os.pathsep}{os.environ['PATH']}"  # it runs ruff
    said = run(
        *(environment / "openapi-python-client", "generate", "--meta", "none"),
        *("--path", tmp_path / "openapi.json", "--output-path", tmp_path / "generated"),
        PATH=path,
    )
    assert not re.findall(r".*(?:not be generated|Unable to process).*", said)
    functions = {file.stem for file in (tmp_path / "generated" / "api").glob("*/*.py")}
    assert functions - {"__init__"} == set(operation_ids(description))

    def use(*arguments: str) -> Any:
        program = environment / "python"
        return json.loads(run(program, SCRIPT, empty_address, *arguments, PYTHONPATH=str(tmp_path)))

    asked = use("ask")
    service.work(jobs=2)
    told = use("see", asked["job"], asked["comparison"])

    assert (told["job"], told["comparison"]) == ("succeeded", "succeeded")
    assert told["leaders"] == ["cnn"]
    image = {"instances": [[[0] * 8] * 8]}
    ours = service.http.post("/v1/models/latest/predictions", json=image).json()
    assert told["predictions"] == ours["predictions"]


def operation_ids(description: dict[str, Any]) -> list[str]:
    return [
        operation["operationId"]
        for item in description["paths"].values()
        for operation in item.values()
    ]
