"""Make a small data folder with some version of the project, and note what that version answers.

`python -m tests.compatibility.freeze CHECKOUT PYTHON ARCHIVE` starts service and worker of the
checkout by its command line, and asks them over HTTP alone. README.md here says what is made.
"""

import argparse
import json
import shutil
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

import httpx

from tests.compatibility.earlier_version import EarlierVersion, post, wait_for_end
from tests.compatibility.frozen_work import finish_work, interrupt_work

SUFFIX = ".tar.xz"
LARGE_CHARTS = {"roc", "confidently_wrong", "only_one_right"}  # a curve a class, and pictures


def get_answers(http: httpx.Client) -> dict[str, Any]:
    """What the version says of its work, by address."""
    addresses = ["datasets", "datasets/digits", "datasets/shapes", "architectures", "jobs"]
    addresses += ["jobs?status=queued", "comparisons", "models", "aliases"]
    addresses += ["aliases/champion/versions", "models/champion", "models/champion/latency"]
    for job in http.get("/v1/jobs").json()["items"]:
        addresses += [f"jobs/{job['id']}", f"jobs/{job['id']}/metrics"]
    parts = ("", "/leaderboard", "/statistics", "/overfitting", "/gradient_flow", "/failures")
    for comparison in http.get("/v1/comparisons").json()["items"]:
        addresses += [f"comparisons/{comparison['id']}{part}" for part in parts]
        charts = http.get(f"/v1/comparisons/{comparison['id']}/charts").json()["items"]
        names = {chart["name"] for chart in charts} - LARGE_CHARTS
        addresses += [
            f"comparisons/{comparison['id']}/charts/{name}.json" for name in sorted(names)
        ]
    answers = {}
    for address in addresses:
        answer = http.get(f"/v1/{address}")
        assert answer.is_success, answer.text
        answers[f"/v1/{address}"] = answer.json()
    return answers


def get_predictions(http: httpx.Client) -> list[dict[str, Any]]:
    """The same image through both engines: address, body and answer of each request."""
    column = [[0, 0, 60, 250, 200, 20, 0, 0]] * 8
    predictions = []
    for model in ("champion", "latest"):
        for engine in ("onnxruntime", "torch"):
            path = f"/v1/models/{model}/predictions?engine={engine}&top_k=10"
            body = {"instances": [column]}
            predictions.append({"path": path, "body": body, "answer": post(http, path, body)})
    return predictions


def finish_killed(version: EarlierVersion, job_id: str, target: Path) -> dict[str, Any]:
    """Let the version end the training whose worker was killed: weights go to `target`, metrics come back."""
    with version.serve() as http, version.work():
        job = wait_for_end(http, job_id)
        weights = http.get(f"/v1/models/{job['model_id']}/weights").content
        (target / "killed.safetensors").write_bytes(weights)
        return dict(http.get(f"/v1/jobs/{job_id}/metrics").json())


def tidy(data: Path) -> None:
    """Leave one file of the database, and nothing that is made again by itself."""
    for folder in ("charts", "locks", "logs"):
        shutil.rmtree(data / folder, ignore_errors=True)
    for leftover in (*data.rglob(".*.lock"), data / ".bakeoff.db.migration"):
        leftover.unlink()
    connection = sqlite3.connect(data / "bakeoff.db", isolation_level=None)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    for path in (data / "bakeoff.db-wal", data / "bakeoff.db-shm"):
        path.unlink(missing_ok=True)


def write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def freeze(checkout: Path, command: list[str], target: Path) -> None:
    """Write data folder, answers and weights of a version to the folder `target`."""
    data = target / "data_folder"
    data.mkdir(parents=True)
    version = EarlierVersion(checkout, command, data)
    with version.serve() as http:
        finish_work(version, http)
        jobs = interrupt_work(version, http)
        write(target / "answers.json", get_answers(http))
        write(target / "predictions.json", get_predictions(http))
        schemas = http.get("/openapi.json").json()["components"]["schemas"]
    tidy(data)
    with tempfile.TemporaryDirectory() as folder:
        version.data = Path(folder) / "copy"
        shutil.copytree(data, version.data)
        metrics = finish_killed(version, jobs["killed"], target)
    fields = schemas["Recipe"]["properties"]
    facts = {
        "recipe_defaults": {name: field["default"] for name, field in fields.items()},
        "jobs": jobs,
        "continued": {"killed": {"metrics": metrics}},
    }
    write(target / "made.json", facts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("python", type=Path)
    parser.add_argument("archive", type=Path, help="COMMIT.tar.xz")
    parser.add_argument("--module", default="bakeoff", help="what `python -m` takes as the command")
    given = parser.parse_args()
    name = given.archive.name.removesuffix(SUFFIX)
    with tempfile.TemporaryDirectory() as folder:
        command = [str(given.python.absolute()), "-m", given.module]
        freeze(given.checkout, command, Path(folder) / name)
        base = str(given.archive.with_name(name).absolute())
        shutil.make_archive(base, "xztar", root_dir=folder, base_dir=name)


if __name__ == "__main__":
    main()
