"""Measuring how long a model takes, over HTTP and with the real worker."""

import pytest
from typer.testing import CliRunner

from bakeoff import commands
from workers.engines import engines
from workers.latency import batch_size, table
from workers.processors import num_processors
from workers.storage import trained_models
from workers.storage.database import open_database, transaction

ROOT = "/v1/models/latest/latency"
NEED_A_GPU = {"cuda_graph"}  # which the installation of the tests does not use


@pytest.fixture(autouse=True)
def _few_samples(monkeypatch):
    """Nothing here judges a latency."""
    monkeypatch.setattr(table, "WARM_UP_SECONDS", 0)
    monkeypatch.setattr(table, "MIN_SECONDS", 0)
    monkeypatch.setattr(table, "MIN_SAMPLES", 400)


@pytest.fixture
def with_model(service):
    """An installation with one small model."""
    body = {"dataset": "digits", "architecture": "fully_connected", "recipe": {"epochs": 1}}
    service.http.post("/v1/jobs", json=body)
    service.work()
    return service


def test_a_table_of_engine_batch_size_and_threads_is_measured_and_kept(with_model):
    service = with_model
    assert service.http.get(ROOT).json() == {"items": [], "next": None}
    answer = service.http.post(ROOT)
    job = answer.json()
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/v1/jobs/{job['id']}"
    service.work()

    ended = service.http.get(answer.headers["Location"]).json()
    [table] = service.http.get(ROOT).json()["items"]
    assert (ended["status"], ended["kind"]) == ("succeeded", "latency")
    assert ended["model_id"] == table["model_id"] == service.http.get(ROOT[:-8]).json()["id"]
    assert ended["result"]["rows"] == table["rows"]
    assert {(r["engine"], r["batch_size"], r["threads"]) for r in table["rows"]} == {
        (name, size, threads)
        for name in set(engines) - NEED_A_GPU
        for size in (1, 8, 64)
        for threads in {1, num_processors()}
    }
    assert {cell["engine"] for cell in table["skipped"]} == NEED_A_GPU
    for row in table["rows"]:
        assert row["samples"] >= 400
        assert row["p50_low"] <= row["p50"] <= row["p50_high"]
        assert row["p99_low"] <= row["p99"] <= row["p99_high"]
        assert row["p50"] <= row["p90"] <= row["p99"]
        assert row["images_per_second"] > 0
    assert table["versions"]["onnxruntime"]
    assert table["cores"] == num_processors()
    assert table["device_name"]


def test_the_charts_of_a_model_show_what_was_measured_last(with_model):
    def draw():
        return with_model.http.get("/v1/models/latest/charts/latency_by_engine.json")

    before = draw()
    assert "onnxruntime" not in before.text
    with_model.http.post(ROOT, json={"threads": [1], "batch_sizes": [2]})
    with_model.work()
    after = draw()
    assert "onnxruntime, 1 thread" in after.text
    assert [panel["title"] for panel in after.json()["panels"]] == ["batch 2"]
    assert after.headers["ETag"] != before.headers["ETag"]


def test_a_table_of_what_was_asked_for_says_what_could_not_be_measured(with_model):
    body = {"engines": ["torch"], "batch_sizes": [3, 2, 3], "threads": [1, 250]}
    with_model.http.post(ROOT, json=body)
    with_model.work()

    [table] = with_model.http.get(ROOT).json()["items"]
    assert [(row["batch_size"], row["threads"]) for row in table["rows"]] == [(2, 1), (3, 1)]
    [skipped] = table["skipped"]
    assert skipped["threads"] == 250
    assert "250 threads on a machine with" in skipped["reason"]


def test_a_batch_that_would_take_too_much_memory_is_not_measured_and_said_so(service):
    """The first convolution of a `cnn` with 1,024 channels makes 256 KiB of each image of 8 × 8."""
    body = {
        "dataset": "digits",
        "architecture": "cnn",
        "options": {"channels": [1024, 1]},
        "recipe": {"epochs": 1},
    }
    service.http.post("/v1/jobs", json=body)
    service.work()
    asked = {"engines": ["torch"], "batch_sizes": [1, 5], "threads": [1]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch_size, "MAX_LATENCY_BYTES", 2**20)
        service.http.post(ROOT, json=asked)
        service.work()

    [table] = service.http.get(ROOT).json()["items"]
    [skipped] = table["skipped"]
    assert [row["batch_size"] for row in table["rows"]] == [1]
    assert (skipped["engine"], skipped["threads"], skipped["batch_size"]) == ("torch", 1, 5)
    assert "5 images takes more than 1 MiB; up to 4 can be measured" in skipped["reason"]


def test_an_engine_that_cannot_run_the_model_fails_the_job_with_the_reason(with_model):
    with transaction(open_database(with_model.settings.resolved_database_url)) as session:
        trained_models.get(session, "latest").onnx = {"error": "an operator is not known"}
    job = with_model.http.post(ROOT, json={"engines": ["onnxruntime"], "threads": [1]}).json()
    with_model.work()

    ended = with_model.http.get(f"/v1/jobs/{job['id']}").json()
    assert ended["status"] == "failed"
    assert "an operator is not known" in ended["error"]
    assert with_model.http.post(f"/v1/jobs/{job['id']}/retry").json()["status"] == "queued"
    assert with_model.http.post(f"/v1/jobs/{job['id']}/cancel").json()["status"] == "cancelled"


def test_the_same_request_twice_makes_one_job(with_model):
    twice = [with_model.http.post(ROOT, headers={"Idempotency-Key": "once"}) for _ in range(2)]

    assert twice[0].json()["id"] == twice[1].json()["id"]


def test_a_measurement_does_not_keep_a_dataset(with_model):
    with_model.http.post(ROOT)

    assert with_model.http.delete("/v1/datasets/digits").status_code == 204


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"engines": ["tourch"]}, "did you mean 'torch'?"),
        ({"engines": []}, "engines"),
        ({"batch_sizes": [0]}, "batch_sizes"),
        ({"batch_sizes": [257]}, "256"),
        ({"threads": [0]}, "threads"),
        ({"batch": [1]}, "did you mean 'batch_sizes'?"),
        ({"batch_sizes": list(range(1, 49))}, "one job makes 48 at most"),
        ({"threads": list(range(1, 40))}, "48 at most"),
    ],
)
def test_a_table_that_cannot_be_measured_is_refused(trained, body, said):
    assert said in trained.refused(trained.http.post(ROOT, json=body), 422)


def test_there_is_no_latency_of_no_model(service):
    for method in ("GET", "POST"):
        answer = service.http.request(method, "/v1/models/nobody/latency")
        assert "nobody" in service.refused(answer, 404)


def test_the_command_line_waits_for_the_table_and_shows_it(with_model, empty_address, monkeypatch):
    monkeypatch.setenv("BAKEOFF_URL", empty_address)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setattr("bakeoff.terminal.waiting.time.sleep", lambda _: with_model.work())
    asked = ["latency", "latest", "--engine", "torch", "--batch-size", "4", "--threads", "1"]
    shown = CliRunner().invoke(commands.app, [*asked, "--threads", "250"], catch_exceptions=False)

    assert shown.exit_code == 0, shown.output
    [row] = [line for line in shown.stdout.splitlines() if "│ torch" in line]
    assert row.split("│")[2].strip() == "4"
    assert "250 threads on a machine" in shown.stdout
    assert "torch 2." in shown.stdout


def test_the_command_line_says_why_nothing_was_measured(with_model, empty_address, monkeypatch):
    monkeypatch.setenv("BAKEOFF_URL", empty_address)
    monkeypatch.setattr("bakeoff.terminal.waiting.time.sleep", lambda _: with_model.work())
    said = CliRunner().invoke(commands.app, ["latency", "--threads", "250"], catch_exceptions=False)

    assert said.exit_code == 1
    assert "nothing could be measured" in said.output
