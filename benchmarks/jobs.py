"""make bench-jobs: the time that a training takes as a job → docs/jobs.md.

Service and worker run as `bakeoff up` starts them. The same training also runs as a script, in turns
with the job, so that what disturbs the machine disturbs both.
"""

import json
import statistics
from datetime import UTC, datetime
from typing import Annotated, Final

import typer
from rich.console import Console

from bakeoff import Client
from bakeoff.answers import Json
from benchmarks.evidence import evidence
from benchmarks.ports import free_port
from benchmarks.printed import ROOT, printed
from benchmarks.spread import spread
from service.commands._processes import run_processes
from workers.settings import settings

TARGET = ROOT / "docs" / "jobs.md"
#: Dataset, architecture and epochs; short trainings and a long one.
TRAININGS: Final = (
    ("mnist", "fully_connected", 1),
    ("mnist", "fully_connected", 10),
    ("mnist", "cnn", 2),
)
IN_A_ROW = 10
FAST: Json = {"name": "residual_cnn", "options": {"channels": [16, 32]}}
ACCURACY = 0.99


def main(
    rounds: Annotated[int, typer.Option(help="How often each training runs in both ways.")] = 5,
    seeds: Annotated[int, typer.Option(min=2, help='Of the preset "fast".')] = 10,
) -> None:
    """Measure, print, and write the page."""
    chosen = settings().model_copy(update={"port": free_port()})
    with (
        run_processes(chosen, log_folder=chosen.data / "logs") as started,
        Client(started.url, timeout=300) as client,
    ):
        done(client, client.fetch_dataset("mnist")["id"])
        lines = [
            *_overhead_section(client, rounds),
            *_row_section(client),
            *_fast_section(client, seeds),
        ]
    page = [
        "# What a training costs as a job",
        "",
        f"Written by `make bench-jobs` on {datetime.now(UTC):%Y-%m-%d}; do not edit.",
        "",
        f"{evidence()}.",
        "",
        *lines,
    ]
    TARGET.write_text("\n".join(page))
    Console().print("\n".join(page), soft_wrap=True, highlight=False, markup=False)


def _overhead_section(client: Client, rounds: int) -> list[str]:
    lines = [
        "## Time",
        "",
        f"Seconds from start to end, median and range over n = {rounds} rounds. A script is timed"
        " from the end of its imports to the end of the network's evaluation. A job is timed from its"
        " claim until its result can be read, and stores its epochs, checkpoints, model and ONNX"
        " graph.",
        "",
        "| training | script, s | job, s | job − script, s |",
        "|---|---:|---:|---:|",
    ]
    for dataset, architecture, epochs in TRAININGS:
        recipe = {"epochs": epochs}
        pairs = [
            (_bare(dataset, architecture, recipe), _job(client, dataset, architecture, recipe))
            for _ in range(rounds)
        ]
        bare, job = zip(*pairs, strict=True)
        cost = [with_service - alone for alone, with_service in pairs]
        cells = [spread(bare), spread(job), spread(cost)]
        training = f"{architecture} on {dataset}, {epochs} epoch{'s' if epochs > 1 else ''}"
        lines.append(f"| {training} | {' | '.join(cells)} |")
    return [*lines, ""]


def _row_section(client: Client) -> list[str]:
    jobs = [_enqueue(client, seed) for seed in range(IN_A_ROW)]
    ended = [done(client, job["id"]) for job in jobs]
    first, last = (_time(ended[0], "started_at"), _time(ended[-1], "finished_at"))
    alone = statistics.median(seconds_of(job) for job in ended)
    between = ((last - first).total_seconds() - sum(map(seconds_of, ended))) / (IN_A_ROW - 1)
    return [
        f"{IN_A_ROW} jobs of one epoch in a row took {alone:.2f} s each (median), and"
        f" {between:.3f} s passed from the end of a job to the claim of the next: a job starts as a"
        " fork of a process that has loaded torch already.",
        "",
    ]


def _fast_section(client: Client, seeds: int) -> list[str]:
    made = client.create_comparison("mnist", [FAST], recipe="fast", seeds=seeds)
    for _ in client.follow_comparison(made["id"]):
        pass
    results = [result_of(client, job["id"]) for job in client.show_comparison(made["id"])["jobs"]]
    accuracies = [result["test"]["accuracy"] for result in results]
    reached = "reached" if statistics.mean(accuracies) >= ACCURACY else "missed"
    return [
        '## MNIST to 99 %: the preset "fast"',
        "",
        f'`residual_cnn` with channels {FAST["options"]["channels"]} and `"recipe": "fast"`:'
        f" {100 * statistics.mean(accuracies):.2f} ± {100 * statistics.stdev(accuracies):.2f} %"
        f" on the test split (mean ± standard deviation of n = {seeds} seeds, smallest"
        f" {100 * min(accuracies):.2f} %), trained in"
        f" {spread([result['train_seconds'] for result in results])} s. 99.0 % is {reached}.",
        "",
    ]


def _bare(dataset: str, architecture: str, recipe: Json) -> float:
    return float(printed("bare", dataset, architecture, json.dumps(recipe))["seconds"])


def _job(client: Client, dataset: str, architecture: str, recipe: Json) -> float:
    return seconds_of(done(client, client.create_job(dataset, architecture, recipe=recipe)["id"]))


def _enqueue(client: Client, seed: int) -> Json:
    return client.create_job("mnist", "fully_connected", recipe={"epochs": 1}, seed=seed)


def done(client: Client, job_id: str) -> Json:
    """The job once it has succeeded; its stream of events ends with it. Raises if it failed."""
    for _ in client.follow_job(job_id):
        pass
    job = client.show_job(job_id)
    if job["status"] != "succeeded":
        raise RuntimeError(f"job {job_id}: {job['error']}")
    return job


def result_of(client: Client, job_id: str) -> Json:
    """What came of a job that has succeeded."""
    result: Json = client.show_job(job_id)["result"]
    return result


def seconds_of(job: Json) -> float:
    """From the claim of a job that has ended to its end."""
    return (_time(job, "finished_at") - _time(job, "started_at")).total_seconds()


def _time(job: Json, which: str) -> datetime:
    return datetime.fromisoformat(job[which])


if __name__ == "__main__":
    typer.run(main)
