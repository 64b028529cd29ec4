"""What holds of every file of the dashboard."""

import gzip
import re
from pathlib import Path

import pytest

from service.charts.drawing.style import COLOURS
from service.charts.drawing.themes import adapt_to_dark, contrast
from service.dashboard.files import STATIC

SCRIPTS = sorted(path for path in STATIC.rglob("*.js") if "vendor" not in path.parts)
STYLES = sorted(path for path in STATIC.rglob("*.css") if "vendor" not in path.parts)
IMPORT = re.compile(
    r"""(?:^|\n)(?:import|export)[^"';]*?from ["']([^"']+)["']|\bimport ["']([^"']+)["']"""
)
BUDGET = 60_000  # bytes of compressed JavaScript that the first page loads
#: Of `import(…)`, which the router and charts load when they are needed.
FIRST_PAGE = ("app.js", "pages/home/page.js")
NAMED = {
    "preact": "vendor/preact.js",
    "preact/hooks": "vendor/preact-hooks.js",
    "htm": "vendor/htm.js",
    "@preact/signals": "vendor/signals.js",
    "@preact/signals-core": "vendor/signals-core.js",
}


def name(path):
    return str(path.relative_to(STATIC))


def loaded_with(*starts):
    """The files that these import, themselves included."""
    found, open_paths = set(), [STATIC / start for start in starts]
    while open_paths:
        path = open_paths.pop()
        if path in found:
            continue
        found.add(path)
        open_paths += [resolve(path, imported) for imported in imports_of(path)]
    return found


def resolve(path, imported):
    """The file that `path` imports under this name."""
    return STATIC / NAMED[imported] if imported in NAMED else (path.parent / imported).resolve()


def imports_of(path: Path) -> list[str]:
    text = path.read_text()
    if "vendor" in path.parts:
        return re.findall(r'from"([^"]+)"', text)
    return [first or second for first, second in IMPORT.findall(text)]


def test_the_first_page_needs_little_javascript():
    sizes = {name(path): len(gzip.compress(path.read_bytes())) for path in loaded_with(*FIRST_PAGE)}

    assert "vendor/uplot.js" not in sizes
    assert "components/table.js" not in sizes
    assert sum(sizes.values()) <= BUDGET, sizes


def test_the_page_names_what_its_start_imports_so_that_all_is_fetched_at_once():
    index = (STATIC / "index.html").read_text()
    named = set(re.findall(r'rel="modulepreload" href="./dashboard/([^"]+)"', index))

    assert named == {name(path) for path in loaded_with("app.js")} - {"app.js"}


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_a_script_is_short_says_what_it_is_for_and_makes_no_markup_of_text(path):
    text = path.read_text()

    assert len(text.splitlines()) < 200
    assert text.startswith("/**")
    assert not re.search(r"(?:inner|outer|Adjacent)HTML|document\.write|eval\(|new Function", text)
    assert not re.search(r"""["'`]https?://""", text), "nothing is loaded from elsewhere"
    assert not re.search(r"""(?:fetch|Json|request|Pages|Resource)\(["'`]/""", text), "not relative"


@pytest.mark.parametrize("path", STYLES, ids=name)
def test_a_style_takes_its_colours_from_the_tokens(path):
    text = path.read_text()

    assert text.startswith("/*")
    if path.name != "tokens.css":
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b", text)


@pytest.mark.parametrize("folder", sorted((STATIC / "pages").iterdir()), ids=lambda path: path.name)
def test_a_page_has_its_script_and_its_styles_and_a_route(folder):
    assert (folder / "page.js").exists()
    assert (folder / "page.css").exists()
    assert f'folder: "{folder.name}"' in (STATIC / "routes.js").read_text()


def tokens(theme):
    text = (STATIC / "styles" / "tokens.css").read_text()
    light, dark = text.split(':root[data-theme="dark"]')
    chosen = light if theme == "light" else dark
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", chosen))


def test_curves_have_the_colours_of_the_charts_of_the_service():
    for index, colour in enumerate(COLOURS, start=1):
        assert tokens("light")[f"series-{index}"] == colour.lower()
        assert contrast(tokens("dark")[f"series-{index}"], adapt_to_dark(colour)) < 1.02


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read_on_every_surface(theme):
    found = tokens(theme)

    for ink in ("ink", "ink-faint", "accent", "good", "bad", "warn"):
        for surface in ("ground", "surface", "surface-raised", "surface-sunken"):
            assert contrast(found[ink], found[surface]) >= 4.5, (ink, surface)
    pairs = {
        "accent-ink": "accent",
        "accent": "accent-faint",
        "bad": "bad-faint",
        "warn": "warn-faint",
    }
    for ink, surface in pairs.items():
        assert contrast(found[ink], found[surface]) >= 4.5, (ink, surface)
    assert contrast(found["line-strong"], found["surface"]) >= 3
