"""Debian's Chromium, and what a page of the dashboard tells of itself."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, CDPSession, Page, ViewportSize, sync_playwright

from benchmarks.dashboard.page import Held

CHROMIUM = "/usr/bin/chromium"
SIZE: ViewportSize = {"width": 1280, "height": 800}
#: Resolves to the milliseconds since the navigation began, once nothing that can be seen is still loading.
#: It looks whenever the browser draws, which it does only while its main thread answers.
USABLE = """() => new Promise((resolve) => {
  const look = () => {
    const waits = [...document.querySelectorAll("main .loading, main [aria-busy=true]")];
    const inView = waits.some((part) => part.getBoundingClientRect().top < innerHeight);
    if (document.querySelector("main h1") && !inView) resolve(performance.now());
    else requestAnimationFrame(look);
  };
  look();
})"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


def seconds_until_usable(browser: Browser, address: str) -> float:
    """From the navigation of a fresh profile, whose cache is empty, until the page can be used."""
    context = browser.new_context(viewport=SIZE)
    page = context.new_page()
    page.goto(address, wait_until="commit")
    milliseconds = float(page.evaluate(USABLE))
    context.close()
    return milliseconds / 1000


def debugger(page: Page) -> CDPSession:
    """What the developer tools of the page speak to."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    return session


def held(session: CDPSession) -> Held:
    """What the page holds after its garbage is collected."""
    session.send("HeapProfiler.collectGarbage")
    found = session.send("Performance.getMetrics")["metrics"]
    named = {metric["name"]: metric["value"] for metric in found}
    return Held(int(named["JSHeapUsedSize"]), int(named["Nodes"]), int(named["JSEventListeners"]))
