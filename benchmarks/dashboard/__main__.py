"""make bench-dashboard: how soon pages can be used, and whether an open one grows → docs/dashboard.md.

Ten comparisons of 100 trainings of 100 epochs each are in the database. Every page is opened by a browser
whose cache is empty. Then the page of a comparison stays open while its trainings go on.
"""

import statistics
from pathlib import Path
from typing import Annotated

import typer
from playwright.sync_api import Browser
from rich.console import Console

from benchmarks.dashboard.browser import SIZE, chromium, debugger, held, seconds_until_usable
from benchmarks.dashboard.installation import large
from benchmarks.dashboard.page import (
    COMPARISONS,
    OPENING,
    SIZE_OF_EACH,
    STAYING,
    Held,
    Opened,
    describe_opening,
    describe_staying,
    write,
)
from benchmarks.dashboard.training import run_all, train_for_a_minute
from benchmarks.printed import ROOT
from workers.settings import Settings
from workers.storage.database import open_database

TARGET = ROOT / "docs" / "dashboard.md"
PAGES = ["/", "/comparisons", "/comparisons/latest", "/jobs", "/jobs/latest", "/models",
         "/models/latest", "/datasets", "/comparisons/new", "/playground"]  # fmt: skip


Target = Annotated[Path, typer.Option(help="The page of the docs.")]
app = typer.Typer(invoke_without_command=True)


@app.callback()
def main(context: typer.Context) -> None:
    """Measure both parts, or one of them."""
    if context.invoked_subcommand is None:
        pages()
        memory()


@app.command()
def pages(
    rounds: Annotated[int, typer.Option(help="Times every page is opened.")] = 7,
    target: Target = TARGET,
) -> None:
    """Open every page with an empty cache; takes four minutes."""
    with large(COMPARISONS, SIZE_OF_EACH) as (address, _), chromium() as browser:
        opened = [_open(browser, f"{address}/#{path}", path, rounds) for path in PAGES]
        version = browser.version
    write(target, OPENING, describe_opening(opened, version))


@app.command()
def memory(
    minutes: Annotated[int, typer.Option(min=2, help="A page stays open.")] = 10,
    target: Target = TARGET,
) -> None:
    """Keep a page open while trainings run."""
    with large(COMPARISONS, SIZE_OF_EACH) as (address, settings), chromium() as browser:
        grown = _stay(browser, address, settings, minutes)
        version = browser.version
    write(target, STAYING, describe_staying(grown, version))


def _open(browser: Browser, address: str, path: str, rounds: int) -> Opened:
    """Open a page several times; the first fills the cache of the service, which all readers share."""
    first, *others = [seconds_until_usable(browser, address) for _ in range(rounds + 1)]
    Console(stderr=True).print(path, f"first {first:.2f} s, then {statistics.median(others):.2f} s")
    return Opened(path, first, others)


def _stay(browser: Browser, address: str, settings: Settings, minutes: int) -> list[Held]:
    """What the page of a comparison holds after each minute of its trainings."""
    database = open_database(settings.resolved_database_url)
    page = browser.new_context(viewport=SIZE).new_page()
    trainings = run_all(database)
    page.goto(f"{address}/#/comparisons/latest")
    page.get_by_role("heading", level=1).wait_for()
    session, found = debugger(page), []
    for minute in range(minutes):
        train_for_a_minute(database, trainings, first_epoch=60 * minute + 1)
        found.append(held(session))
        Console(stderr=True).print(minute + 1, found[-1])
    database.dispose()
    return found


if __name__ == "__main__":
    app()
