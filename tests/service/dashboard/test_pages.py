"""Every page: at every width all of its text can be read, and in both themes nobody is kept out."""

import json
import os
from pathlib import Path

import pytest

from tests.service.dashboard.pages import ELSEWHERE, PAGES, PICTURED, THEMES, WIDTHS

HERE = Path(__file__).parent
AXE = (HERE / "axe" / "axe.min.js").read_text()
LAYOUT = (HERE / "layout.js").read_text()


@pytest.mark.parametrize("name", [*PAGES, *ELSEWHERE])
def test_all_of_a_page_can_be_read_by_everyone(name, request, new_page, screenshots):
    installation, path = ELSEWHERE.get(name) or ("busy_address", PAGES[name])
    address = request.getfixturevalue(installation)
    with new_page() as page:
        page.goto(f"{address}/#{path}")
        page.wait_for_selector("main h1")
        load_all(page)

        assert layouts(page) == {width: [] for width in WIDTHS}
        assert violations(page) == {theme: [] for theme in THEMES}
        if "SCREENSHOTS" in os.environ:
            take_pictures(page, name, screenshots)


def load_all(page):
    """Scroll to each part that is loaded when it is seen, until nothing is loading."""
    page.wait_for_selector(".loading", state="detached")
    while page.locator(".later").count():
        page.locator(".later").first.evaluate("part => part.scrollIntoView()")
        page.wait_for_function("() => !document.querySelector('.loading')")
    page.evaluate("scrollTo(0, 0)")


def layouts(page):
    """Width → what is wrong with the layout there."""
    return {width: page.evaluate(LAYOUT) for width in WIDTHS if resize(page, width)}


def violations(page):
    """Theme → what axe finds, in words."""
    page.evaluate(AXE)
    found = {}
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        result = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
        found[theme] = [describe(violation) for violation in result["violations"]]
    return found


def take_pictures(page, name, folder):
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        for width in PICTURED:
            resize(page, width)
            page.screenshot(path=folder / f"{name}-{width}-{theme}.png", full_page=True)


def resize(page, width):
    page.set_viewport_size({"width": width, "height": 844 if width < 600 else 1000})
    page.evaluate("new Promise(requestAnimationFrame)")
    return True


def describe(violation):
    nodes = [node["html"][:200] for node in violation["nodes"]]
    return f"{violation['id']}: {violation['help']}: {json.dumps(nodes, indent=1)}"
