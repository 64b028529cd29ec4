"""A few images of CIFAR-10: two networks and the heads of a backbone, beside logistic regression."""

import json
from pathlib import Path
from time import perf_counter
from typing import Final

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from bakeoff.answers import Json
from benchmarks.backbones import cifar10
from benchmarks.backbones.installation import BACKBONE, install
from benchmarks.backbones.page import text_of
from benchmarks.jobs import done, seconds_of
from benchmarks.spread import spread
from workers.datasets.stored.loading import load
from workers.features.description import FOLDER
from workers.settings import Settings

NETWORKS = ("cnn", "residual_cnn")
DATASET, SEEDS = "few_images", 5
HEAD: Final[Json] = {"pretrained": True, "train": "head", "resolution": 128}
RECIPE: Final[Json] = {"epochs": 5, "batch_size": 32}


def measure(folder: Path, archive: Path) -> str:
    """Train all of them as jobs over HTTP, and compare them; the regression is fitted here."""
    zipped = folder / f"{DATASET}.zip"
    cifar10.few_images(archive, zipped)
    with install(folder) as (client, chosen, _):
        upload_started = perf_counter()
        client.upload_dataset(DATASET, zipped)
        begun = perf_counter()
        networks = [client.create_job(DATASET, name, recipe=RECIPE) for name in NETWORKS]
        entry = {"name": BACKBONE, "options": HEAD}
        made = client.create_comparison(DATASET, [entry], recipe=RECIPE, seeds=SEEDS)
        jobs = [*networks, *made["jobs"]]
        ended = [done(client, job["id"]) for job in jobs]
        comparison = client.create_comparison(jobs=[job["id"] for job in jobs])
        rows = client.show_leaderboard(comparison["id"])
        seconds = perf_counter() - begun
        features = done(client, str(jobs[-1]["depends_on"]))["result"]
    regression = _logistic_regression(chosen)
    heads = [job for job in ended if job["architecture"] == BACKBONE]
    lines = [
        f"Uploaded in {begun - upload_started:.1f} s; then all {len(jobs)} trainings and the comparison took"
        f" {seconds:.0f} s. {_heads_text(features, heads)}",
        "",
        *_table(rows, regression),
        "",
        _served_text(heads),
    ]
    title = "Few images: CIFAR-10, 1,000 to train on and 2,000 to test on"
    return text_of(title, lines, "timm", "onnxruntime")


def _heads_text(features: Json, heads: list[Json]) -> str:
    return (
        f"The recipe is `{json.dumps(RECIPE)}`; the head has the options `{json.dumps(HEAD)}` and"
        f" {SEEDS} seeds. Features: {features['seconds']:.1f} s, of which"
        f" {features['trial_seconds']:.1f} s chose the engine: {features['engine']},"
        f" {features['images_per_second']:.0f} images/s. Training a head:"
        f" {spread([job['result']['train_seconds'] for job in heads])} s; its whole job:"
        f" {spread([seconds_of(job) for job in heads])} s."
    )


def _served_text(heads: list[Json]) -> str:
    differences = [job["result"]["served_difference"] for job in heads]
    return (
        "Training includes the seconds of the features, which are computed once. As served, the heads'"
        " probabilities differ from those evaluated by up to"
        f" {max(each['max_probability_difference'] for each in differences):.2g}."
    )


def _table(rows: list[Json], regression: float) -> list[str]:
    return [
        "| | n | accuracy on test, % | training, s |",
        "|---|---:|---:|---:|",
        *(_row(row) for row in rows),
        f"| scikit-learn's logistic regression on the same features | 1 | {100 * regression:.1f} | |",
    ]


def _row(row: Json) -> str:
    accuracy = row["test_accuracy"]
    spread_of = f" ± {100 * accuracy['std']:.1f}" if accuracy["std"] is not None else ""
    return (
        f"| {row['architecture']} | {row['n']} | {100 * accuracy['mean']:.1f}{spread_of}"
        f" | {row['train_seconds']['mean']:.1f} |"
    )


def _logistic_regression(chosen: Settings) -> float:
    """Its accuracy on test, where it was fitted on the train split of the same features."""
    from safetensors.torch import load_file

    [file] = (chosen.data / "artifacts" / FOLDER).rglob("*.safetensors")
    [prepared] = chosen.datasets_folder.glob("*.safetensors")
    images = load(prepared, DATASET)
    features = load_file(file)["features"].float().numpy()
    train, test = len(images.train), len(images.test)
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    model.fit(features[:train], images.train.labels.numpy())
    found = model.predict(features[-test:])
    return float(np.mean(found == images.test.labels.numpy()))
