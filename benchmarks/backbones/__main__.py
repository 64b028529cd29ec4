"""make bench-backbones: features beside a plain script, and heads beside networks → docs/backbones.md.

The features run in a process of each way's own, in turns. Then a few images of CIFAR-10 are uploaded, and
two networks and the heads of a backbone are trained as jobs, as `bakeoff up` runs them; the heads stand
beside scikit-learn's logistic regression on the same features.
"""

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Annotated, Final

import numpy as np
import typer
from rich.console import Console
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from bakeoff import Client
from bakeoff.answers import Json
from benchmarks.backbones.few_images import take
from benchmarks.evidence import evidence
from benchmarks.jobs import done
from benchmarks.ports import free_port
from benchmarks.printed import ROOT, printed
from benchmarks.spread import spread
from service.commands._processes import run_processes
from workers.datasets.stored.loading import load
from workers.features.description import FOLDER
from workers.settings import Settings, settings

TARGET = ROOT / "docs" / "backbones.md"
BEGIN, END = "<!-- written by make bench-backbones -->", "<!-- end -->"
ARCHIVE = ROOT.parent / "shared" / "data" / "cifar10-images.tar.xz"
NETWORKS = ("cnn", "residual_cnn")
DATASET, BACKBONE, SEEDS = "few_images", "timm/efficientnet_lite0", 5
HEAD: Final[Json] = {"pretrained": True, "train": "head", "resolution": 128}
RECIPE: Final[Json] = {"epochs": 5, "batch_size": 32}


def main(
    archive: Annotated[Path, typer.Argument(help="CIFAR-10 as JPEG files, a tar.")] = ARCHIVE,
    rounds: Annotated[int, typer.Option(min=1, help="How often both ways run.")] = 5,
    number: Annotated[int, typer.Option(min=128, help="Images whose features are timed.")] = 384,
) -> None:
    """Measure, print, and write the measured part of the page."""
    with tempfile.TemporaryDirectory() as folder:
        lines = [*_features_section(rounds, number), *_heads_section(Path(folder), archive)]
    measured = "\n".join(
        [
            f"Measured on {datetime.now(UTC):%Y-%m-%d}. {evidence('timm', 'onnxruntime')}.",
            "",
            *lines,
        ]
    )
    before, _, rest = TARGET.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    TARGET.write_text(f"{before}{BEGIN}\n\n{measured}\n{END}{after}", encoding="utf-8")
    Console().print(measured, soft_wrap=True, highlight=False, markup=False)


def _features_section(rounds: int, number: int) -> list[str]:
    pairs = [
        (printed("backbones.computed", str(number)), printed("backbones.timm_script", str(number)))
        for _ in range(rounds)
    ]
    ours, theirs = (
        [float(each["images_per_second"]) for each in ways] for ways in zip(*pairs, strict=True)
    )
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    taken = sorted({f"{each['engine']}, {each['precision']}" for each, _ in pairs})
    return [
        "### Features of EfficientNet-Lite0 at 224 pixels",
        "",
        f"{number} images, median and range over n = {rounds} rounds, both ways in turns. The script calls"
        " timm in bfloat16 by autocast, channels_last, 32 images at once.",
        "",
        "| features by a job, images/s | engine taken | script, images/s | ratio |",
        "|---:|---|---:|---:|",
        f"| {spread(ours)} | {'; '.join(taken)} | {spread(theirs)} | {spread(ratios, '×')} |",
        "",
    ]


def _heads_section(folder: Path, archive: Path) -> list[str]:
    chosen = settings().model_copy(update={"port": free_port(), "data": folder / "data"})
    zipped = folder / f"{DATASET}.zip"
    take(archive, zipped)
    with (
        run_processes(chosen, log_folder=chosen.data / "logs") as started,
        Client(started.url, timeout=300) as client,
    ):
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
    heads = [job["result"] for job in ended if job["architecture"] == BACKBONE]
    return [
        "### Few images: CIFAR-10, 1,000 to train on and 2,000 to test on",
        "",
        f"Uploaded in {begun - upload_started:.1f} s; then all {len(jobs)} trainings and the comparison took"
        f" {seconds:.0f} s. The recipe is `{json.dumps(RECIPE)}`; the head has the"
        f" options `{json.dumps(HEAD)}` and {SEEDS} seeds."
        f" Features: {features['seconds']:.1f} s, {features['engine']}"
        f" ({features['images_per_second']:.0f} images/s). Training a head:"
        f" {spread([result['train_seconds'] for result in heads])} s; its whole job:"
        f" {spread([_job_seconds(job) for job in ended if job['architecture'] == BACKBONE])} s.",
        "",
        "| | n | accuracy on test, % | training, s |",
        "|---|---:|---:|---:|",
        *(_row(row) for row in rows),
        f"| scikit-learn's logistic regression on the same features | 1 | {100 * regression:.1f} | |",
        "",
        "Training includes the seconds of the features, which are computed once. As served, the heads'"
        " probabilities differ from those evaluated by up to"
        f" {max(result['served_difference']['max_probability_difference'] for result in heads):.2g}.",
        "",
    ]


def _row(row: Json) -> str:
    accuracy = row["test_accuracy"]
    spread_of = f" ± {100 * accuracy['std']:.1f}" if accuracy["std"] is not None else ""
    return (
        f"| {row['architecture']} | {row['n']} | {100 * accuracy['mean']:.1f}{spread_of}"
        f" | {row['train_seconds']['mean']:.1f} |"
    )


def _job_seconds(job: Json) -> float:
    times = [datetime.fromisoformat(job[when]) for when in ("started_at", "finished_at")]
    return (times[1] - times[0]).total_seconds()


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


if __name__ == "__main__":
    typer.run(main)
