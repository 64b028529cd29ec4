"""make pictures: the terminal, a chart and the dashboard of a real comparison → docs/pictures/."""

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from benchmarks.dashboard.browser import USABLE, chromium
from benchmarks.ports import free_port
from service.commands._processes import run_processes
from workers.settings import Settings

TARGET = Path(__file__).parents[1] / "docs" / "pictures"
COMMAND = "make run DATASET=digits EPOCHS=10"
OPTIONS = ("--dataset", "digits", "--epochs", "10")
CHART = "learning_curves"
COLUMNS = 160
FRAMES = 12  # of the progress, evenly over its time, before the result
SECONDS, RESULT_SECONDS = 0.5, 8  # each is shown

LINE_UP, ERASE_LINE, RETURN = "\x1b[1A", "\x1b[2K", "\r"
CURSOR = {"\x1b[?25l", "\x1b[?25h"}  # hidden, and shown again
CODES = re.compile(r"(\n|\r|\x1b\[2K|\x1b\[1A|\x1b\[\?25[lh])")
FONT_FACES = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
DARK, RED, GREEN, YELLOW = (40, 44, 52), (224, 108, 117), (152, 195, 121), (229, 192, 123)
BLUE, PURPLE, CYAN, LIGHT = (97, 175, 239), (198, 120, 221), (86, 182, 194), (220, 223, 228)
COLOURS = [DARK, RED, GREEN, YELLOW, BLUE, PURPLE, CYAN, LIGHT]
THEME = TerminalTheme((24, 26, 31), LIGHT, COLOURS, [(92, 99, 112), *COLOURS[1:]])


def main() -> None:
    """Run the comparison in a folder of its own, and write the pictures."""
    TARGET.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        printed = _run(Path(folder))
        (TARGET / "terminal.svg").write_text(animation(screens(printed)), encoding="utf-8")
        [chart] = Path(folder).glob(f"data/comparisons/*/{CHART}.png")
        shutil.copy(chart, TARGET)
        _photograph(Path(folder) / "data", TARGET / "dashboard.png")


def _photograph(data: Path, target: Path) -> None:
    """The dashboard's page of the newest comparison."""
    settings = Settings(data=data, device="cpu", port=free_port())
    with run_processes(settings, log_folder=data / "logs") as started, chromium() as browser:
        page = browser.new_context(
            viewport={"width": 1280, "height": 1400}, reduced_motion="reduce"
        ).new_page()
        page.goto(f"{started.url}/#/comparisons/latest")
        page.evaluate(USABLE)
        page.wait_for_selector("main canvas")  # the curves, which are loaded last
        page.screenshot(path=target)


def _run(folder: Path) -> str:
    """What the command prints on a terminal, with the codes that move the cursor and set colours."""
    environment = {
        **os.environ,
        "BAKEOFF_DATA": "data",
        "COLUMNS": str(COLUMNS),
        "COLORTERM": "truecolor",
        "FORCE_COLOR": "1",
    }
    command = [sys.executable, "-m", "bakeoff", "run", *OPTIONS]
    ended = subprocess.run(  # noqa: S603 - our own interpreter and module
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, check=True
    )
    return ended.stdout.decode()


def screens(printed: str) -> list[list[str]]:
    """The lines on the terminal each time before some are written over, and at the end.

    The cursor is then on an empty line, which is left out.
    """
    found, lines = [], [""]
    for part in CODES.split(printed):
        if part == RETURN:
            found.append(list(lines))
        if part == "\n":
            lines.append("")
        elif part == LINE_UP:
            lines.pop()
        elif part in {ERASE_LINE, RETURN}:
            lines[-1] = ""
        elif part not in CURSOR:
            lines[-1] += part
    return [*found, lines[:-1]]


def animation(found: list[list[str]]) -> str:
    """One SVG: some of the screens one after the other, then the last; the last where nothing moves."""
    *progress, result = found
    shown = [*progress[:: max(1, len(progress) // FRAMES)][:FRAMES], result]
    total = SECONDS * (len(shown) - 1) + RESULT_SECONDS
    folded = [[row for line in lines for row in _rows(line)] for lines in shown]
    drawn = [_drawn(rows, len(folded[-1]), f"frame{i}") for i, rows in enumerate(folded)]
    size = re.search(r'viewBox="[^"]*"', drawn[0])
    style = "".join(
        f"@keyframes hide{i} {{0%, {100 * SECONDS * i / total:.2f}% {{visibility: hidden}}"
        f" {100 * SECONDS * i / total + 0.01:.2f}%, 100% {{visibility: visible}}}}\n"
        f".frame{i} {{animation: hide{i} {total}s step-end infinite}}\n"
        for i in range(1, len(drawn))
    )
    frames = "\n".join(f'<g class="frame{i}">{svg}</g>' for i, svg in enumerate(drawn))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size[0] if size else ""}>\n'
        f"<style>@media (prefers-reduced-motion: no-preference) {{\n{style}}}</style>\n"
        f"{frames}\n</svg>\n"
    )


def _rows(line: str) -> list[Text]:
    """The rows that a line takes on the terminal."""
    return list(Text.from_ansi(line).wrap(Console(width=COLUMNS), COLUMNS)) or [Text()]


def _drawn(rows: list[Text], height: int, name: str) -> str:
    console = Console(record=True, width=COLUMNS, file=io.StringIO())
    console.print(Text.from_markup(f"[bold green]$[/] [bold]{COMMAND}[/]"))
    for row in rows + [Text()] * (height - len(rows)):
        console.print(row, no_wrap=True, overflow="crop", crop=True)
    svg = console.export_svg(title="Bakeoff", theme=THEME, unique_id=name)
    return FONT_FACES.sub("", svg)  # its fonts would be loaded from another site


if __name__ == "__main__":
    main()
