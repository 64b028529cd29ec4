"""The commands that speak to a running service."""

import io
import zipfile
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from bakeoff import Client, RefusedError, commands
from bakeoff.terminal import comparisons
from bakeoff.terminal.comparisons import comparison_request
from bakeoff.terminal.leaderboard import leaderboard_table
from bakeoff.terminal.progress import watch
from tests.workers.deletion import records
from workers.settings import settings


def test_jobs_are_listed_with_their_state(bakeoff):
    listed = bakeoff("jobs", "--status", "succeeded", "--limit", "3")

    assert listed.count("succeeded") == 3
    assert "digits" in listed


def test_a_job_is_cancelled_and_retried(bakeoff):
    with pytest.raises(RefusedError, match="has ended"):
        bakeoff("jobs", "cancel", "latest")


def test_a_comparison_prints_verdicts_and_notes_once(bakeoff, client, monkeypatch):
    said = {
        "verdicts": ["a beats b [/b]"],
        "notes": ["a had been trained before, on images that were not checked against these"],
    }
    monkeypatch.setattr(Client, "show_statistics", lambda *_: said)
    made = client.show_comparison("latest")
    monkeypatch.setattr(Client, "create_comparison", lambda *_, **__: made)
    monkeypatch.setattr(comparisons, "write_results", lambda *_: None)  # test_run looks at these

    printed = bakeoff("compare")

    assert printed.count("a beats b [/b]") == printed.count("had been trained before") == 1


def test_markup_in_a_label_is_text_in_the_leaderboard(client):
    made = client.show_comparison("latest")
    made["leaderboard"][0]["architecture"] = "[/b] [red]cnn"
    console = Console(width=200)

    with console.capture() as printed:
        console.print(leaderboard_table(made))

    assert "[/b] [red]cnn" in printed.get()


def test_comparisons_and_models_are_listed_and_searched(bakeoff):
    for command in ("comparisons", "models", "jobs"):
        assert "digits" in bakeoff(command, "--search", "DIGITS", "--limit", "2")
        assert "digits" not in bakeoff(command, "--tag", "nobody has it")


def test_a_refused_deletion_says_what_needs_it(bakeoff, trained):
    comparison = trained.http.get("/v1/comparisons/latest").json()["id"]
    with pytest.raises(RefusedError, match="alias 'champion' stands for"):
        bakeoff("comparisons", "delete", comparison)
    with pytest.raises(RefusedError, match="is not deleted"):
        bakeoff("comparisons", "restore", comparison)


def test_a_job_and_a_model_are_deleted_and_restored(service, empty_address, monkeypatch):
    monkeypatch.setenv("BAKEOFF_URL", empty_address)
    state = service.http.app.state
    job = records.add_job(state.database)
    model = records.add_model(state.database, state.artifacts, job)

    def run(*arguments):
        return CliRunner().invoke(commands.app, list(arguments), catch_exceptions=False).output

    said = run("models", "delete", model)
    assert f"model {model}: deleted, with 1 file (0.0 MB)" in said
    assert f"bakeoff models restore {model}" in said
    assert "is back" in run("models", "restore", model)
    assert f"job {job}: deleted, with 1 model, 3 files" in run("jobs", "delete", job)
    assert f"{job}: succeeded" in run("jobs", "restore", job)


def test_what_is_stored_is_shown_in_megabytes(bakeoff):
    said = bakeoff("storage")

    for name in ("models", "database", "free"):
        assert name in said


def test_a_picture_is_classified_with_the_latency_of_each_stage(bakeoff, png, tmp_path):
    picture = tmp_path / "bar.png"
    picture.write_bytes(png(30, 30))

    said = bakeoff("predict", str(picture))

    assert "resized from 30×30 to 8×8" in said
    assert "forward" in said
    assert "%" in said


def test_an_explanation_is_drawn_into_a_file(bakeoff, png, tmp_path):
    picture, drawn = tmp_path / "bar.png", tmp_path / "why.png"
    picture.write_bytes(png(30, 30))

    said = bakeoff("explain", str(picture), "-o", str(drawn), "--method", "occlusion")

    assert drawn.read_bytes().startswith(b"\x89PNG")
    assert "resized from 30×30 to 8×8" in said
    assert "occlusion, squares of 2×2 pixels, 1 apart" in said


def test_a_bundle_is_written_to_a_file_that_is_named_for_the_model(bakeoff, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    named, other = bakeoff("bundle", "champion"), bakeoff("bundle", "-o", "mine.zip")

    [path] = set(tmp_path.iterdir()) - {tmp_path / "mine.zip"}
    assert path.name.startswith("cnn-")
    assert named.startswith(f"{path.name}: ")
    assert other.startswith("mine.zip: ")
    assert "predict.py" in zipfile.ZipFile(path).namelist()


def test_settings_are_printed_with_their_meaning(bakeoff):
    said = bakeoff("settings")

    assert "BAKEOFF_LEASE_SECONDS" in said
    assert "silence after which a worker counts as dead" in said


def test_a_database_is_migrated_and_a_missing_worker_noticed(bakeoff, tmp_path, monkeypatch):
    monkeypatch.setenv("BAKEOFF_DATA", str(tmp_path / "new"))
    monkeypatch.setenv("BAKEOFF_PORT", "9")
    settings.cache_clear()
    try:
        assert "there is no database" in bakeoff("check", "worker", exit_code=1)
        assert "up to date" in bakeoff("migrate")
        assert "worker: down" in bakeoff("check", "worker", exit_code=1)
        assert "service: down" in bakeoff("check", "service", exit_code=1)
    finally:
        settings.cache_clear()


def test_jobs_to_compare_are_given_by_their_ids(bakeoff):
    with pytest.raises(RefusedError, match="there is no job 'nope'"):
        bakeoff("compare", "--job", "nope", "--job", "latest")


@pytest.mark.parametrize(
    ("text", "architecture"),
    [
        ("cnn", "cnn"),
        (
            "cnn,channels=[16,32],dropout=0.2",
            {"name": "cnn", "label": "cnn", "options": {"channels": [16, 32], "dropout": 0.2}},
        ),
        (
            "timm/resnet18,pretrained=a1_in1k,train=head,label=ResNet, frozen",
            {
                "name": "timm/resnet18",
                "label": "ResNet, frozen",
                "options": {"pretrained": "a1_in1k", "train": "head"},
            },
        ),
    ],
)
def test_an_architecture_is_named_with_its_options_and_a_label(
    text: str, architecture: Any
) -> None:
    request = comparison_request("mnist", [text], 3, 2, "{}")

    assert request["architectures"] == [architecture]


@pytest.mark.parametrize(
    "text", ["timm/resnet18,pretrained", "timm/resnet18,resolution=64,pretrained"]
)
def test_an_option_without_a_value_is_refused_with_how_one_is_written(bakeoff, text):
    said = bakeoff("compare", "--architecture", text, exit_code=2)

    assert "'pretrained' has no value" in said
    assert "pretrained=true" in said


def test_a_recipe_is_a_preset_by_name_or_fields_beside_the_epochs():
    named = comparison_request("mnist", ["cnn"], None, 2, "fast")
    written = comparison_request("mnist", ["cnn"], 3, 2, '{"optimizer": "sgd"}')

    assert named["recipe"] == "fast"
    assert written["recipe"] == {"epochs": 3, "optimizer": "sgd"}
    assert comparison_request("mnist", ["cnn"], None, 2, "{}")["recipe"] == {"epochs": 3}


@pytest.mark.parametrize("recipe", ["fine_tune", '{"epochs": 5}'])
def test_epochs_that_the_recipe_states_too_are_refused(bakeoff, recipe):
    said = bakeoff("compare", "--recipe", recipe, "--epochs", "4", exit_code=2)

    assert "states the epochs already; leave out --epochs" in said


def test_the_lines_of_a_comparison_and_the_list_of_jobs_name_the_fold(
    bakeoff, empty_address, monkeypatch
):
    monkeypatch.setenv("BAKEOFF_URL", empty_address)
    with Client(empty_address) as client:
        made = client.create_comparison(
            **comparison_request("digits", ["cnn"], 1, None, "{}", folds=2)
        )
        for job in made["jobs"]:
            client.cancel_job(job["id"])
        written = io.StringIO()
        watch(Console(file=written), client.follow_comparison(made["id"]))

    assert "cnn seed 0, fold 2 of 2: cancelled" in written.getvalue()
    listed = bakeoff("jobs")
    assert all(f"0, fold {number} of 2" in listed for number in (1, 2))


@pytest.mark.parametrize("recipe", ["{", "[1]", "3"])
def test_a_recipe_that_is_no_json_object_is_refused_before_anything_starts(bakeoff, recipe):
    said = bakeoff("compare", "--recipe", recipe, exit_code=2)

    assert "--recipe" in said


def test_architectures_are_listed_and_those_of_timm_searched(bakeoff):
    assert "residual_cnn" in bakeoff("architectures")
    assert "timm/" not in bakeoff("architectures")

    found = bakeoff("architectures", "resnet18", "--pretrained")
    [line] = [line for line in found.splitlines() if "timm/resnet18 " in line]
    assert "11,181,642" in line
    assert "yes" in line
