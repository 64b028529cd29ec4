"""What a job has measured of a model's latency, as a table for the terminal."""

from rich.console import Console
from rich.table import Table

from bakeoff.answers import Json

HEADINGS = ("batch", "threads", "p50 [95 %], µs", "p99 [95 %], µs", "images/s", "n", "others")


def print_latency(console: Console, job: Json) -> None:
    """Print the table that a job has measured, and what it rests on."""
    result = job["result"]
    table = Table(title=f"model {result['model_id']}, {job['architecture']} on {job['dataset']}")
    table.add_column("engine")
    for heading in HEADINGS:
        table.add_column(heading, justify="right")
    for row in result["rows"]:
        table.add_row(*_cells(row))
    console.print(table)
    versions = ", ".join(f"{name} {version}" for name, version in result["versions"].items())
    console.print(
        f"{result['device_name']}, {result['cores']} cores; {versions}. others: cores that other"
        " processes kept busy meanwhile.",
        highlight=False,
    )
    for cell in result["skipped"]:
        text = f"{cell['engine']}, {cell['threads']} threads: {cell['reason']}"
        console.print(text, style="yellow")


def _cells(row: Json) -> list[str]:
    others = row["others_busy"]
    return [
        row["engine"],
        str(row["batch_size"]),
        str(row["threads"]),
        _with_interval(row, "p50"),
        _with_interval(row, "p99"),
        f"{row['images_per_second']:,.0f}",
        f"{row['samples']:,}",
        "–" if others is None else f"{others:.2f}",
    ]


def _with_interval(row: Json, quantile: str) -> str:
    """A quantile with its 95 % interval, in microseconds."""
    low, high = (row[f"{quantile}_{end}"] for end in ("low", "high"))
    ends = ("–" if end is None else f"{end * 1e6:,.0f}" for end in (low, high))
    return f"{row[quantile] * 1e6:,.0f} [{', '.join(ends)}]"
