"""A real Chromium, in which every page is watched: what it asks for, what it complains of."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
HEIGHTS = {390: 844, 1280: 800, 1920: 1080}
SECONDS = 30  # most that a page may take for anything
#: What a browser writes to the console of a refusal, although the page shows it.
REFUSAL = "the server responded with a status of"


@dataclass
class Watch:
    """What a page did that no page may do."""

    allowed: tuple[str, ...]
    complaints: list[str] = field(default_factory=list)

    def note_console(self, message: Any) -> None:
        """A violation of the content security policy is an error of the console too."""
        is_allowed = any(text in message.text for text in self.allowed)
        if message.type in {"error", "warning"} and not is_allowed:
            self.complaints.append(f"console: {message.text}")

    def note_error(self, error: Any) -> None:
        """An exception that nothing caught."""
        self.complaints.append(f"uncaught: {error}")

    def route(self, route: Any) -> None:
        """Refuse what leaves the machine."""
        if urlsplit(route.request.url).hostname in {"127.0.0.1", "localhost"}:
            route.continue_()
        else:
            self.complaints.append(f"request to {route.request.url}")
            route.abort()


@contextmanager
def launched() -> Iterator[Any]:
    """A browser without a window; the test is skipped, saying why, where there is none."""
    if not CHROMIUM.exists():
        pytest.skip(
            f"THE DASHBOARD IS NOT TESTED: there is no {CHROMIUM}; apt-get install chromium"
        )
    playwright = pytest.importorskip("playwright.sync_api", reason="THE DASHBOARD IS NOT TESTED")
    playwright.expect.set_options(timeout=1000 * SECONDS)
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def watched(
    browser: Any,
    *,
    width: int = 1280,
    theme: str = "light",
    allowed: tuple[str, ...] = (),
    **options: Any,
) -> Iterator[Any]:
    """A page of a fresh profile; afterwards it must have done nothing that no page may do."""
    size = {"width": width, "height": HEIGHTS.get(width, 900)}
    context = browser.new_context(
        viewport=size, color_scheme=theme, reduced_motion="reduce", **options
    )
    context.set_default_timeout(1000 * SECONDS)
    watch = Watch(allowed)
    context.route("**/*", watch.route)
    page = context.new_page()
    page.on("console", watch.note_console)
    page.on("pageerror", watch.note_error)
    try:
        yield page
    except BaseException as error:
        error.add_note(f"The page complained: {watch.complaints}")
        raise
    context.close()
    assert watch.complaints == [], watch.complaints
