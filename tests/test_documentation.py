"""What the documentation names in backticks exists; struck through, ~~`like_this`~~, is what is gone.

A page that is written by a command names nothing that this command did not find.
"""

import ast
import importlib
import re
import tomllib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from service.app import create_app
from tests.migrated import migrate
from workers.settings import Settings

ROOT = Path(__file__).parents[1]
DECISIONS = ROOT / "docs" / "decisions"
PACKAGES = ("bakeoff", "service", "workers", "models")
ROOMS = (*PACKAGES, "tests", "benchmarks", "docs")
PAGES = [
    *(ROOT / "README.md", ROOT / "CONTRIBUTING.md"),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted(path for room in ROOMS[:-1] for path in (ROOT / room).rglob("README.md")),
]

BLOCK = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
GONE = re.compile(r"~~.*?~~", re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
PATH = re.compile(rf"((?:{'|'.join(ROOMS)})(?:/[\w.*<>-]+)+/?)(?:::(\w+))?")
FILE = re.compile(r"[\w-]+\.(?:py|md|toml|yml)")
DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
SNAKE, CAPITALS = r"_?[a-z0-9]+(?:_[a-z0-9]+)+", r"[A-Z]+(?:_[A-Z0-9]+)+"
CAMEL = r"(?:[A-Z]+[a-z0-9]+){2,}"
IDENTIFIER = re.compile(f"{SNAKE}|{CAPITALS}|{CAMEL}")
PYTHON = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)#]*)#([^)]+)\)")
MODULE = re.compile(r"python -m ([a-z_.]+)")
ADDRESS = re.compile(r"(?:(GET|POST|PUT|DELETE) )?(/(?:v1|v2|health)/[^\s?…]+)(?:\?\S*)?")

#: Names of libraries and of the system, which nothing here uses.
FOREIGN = {
    "FORWARDED_ALLOW_IPS",  # of uvicorn
    "IPython.display.Image",  # of a notebook
    "Optimizer.step",  # of torch
    "PR_SET_PDEATHSIG",  # of Linux
    "make_fx",  # of torch
    "to_mkldnn",  # of torch
}

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def spans(page: Path) -> list[str]:
    return SPAN.findall(GONE.sub("", BLOCK.sub("", page.read_text())))


@cache
def files() -> frozenset[str]:
    """The names of all files, without their folders."""
    roots = [ROOT / room for room in ROOMS]
    return frozenset(path.name for root in roots for path in root.rglob("*")) | {
        path.name for path in ROOT.iterdir()
    }


@cache
def words_of_the_code() -> frozenset[str]:
    """Every identifier, and every word of a string that is no docstring; and the settings."""
    words = {f"BAKEOFF_{name.upper()}" for name in Settings.model_fields}
    for room in ROOMS[:-1]:
        for path in (ROOT / room).rglob("*.py"):
            if path != Path(__file__):
                words |= words_of(ast.parse(path.read_text()))
    for path in (ROOT / "service" / "dashboard" / "static").rglob("*.js"):
        if "vendor" not in path.parts:
            words |= set(re.findall(r"\w+", path.read_text()))
    for name in ("Makefile", "pyproject.toml", "docker-compose.postgresql.yml"):
        words |= set(re.findall(r"\w+", (ROOT / name).read_text()))
    return frozenset(words)


def words_of(module: ast.Module) -> set[str]:
    words: set[str] = set()
    for node in ast.walk(module):
        for field in ("id", "attr", "arg", "name"):
            if isinstance(found := getattr(node, field, None), str):
                words |= set(found.split("."))
        if isinstance(node, ast.ImportFrom):
            words |= set((node.module or "").split("."))
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            words |= set(re.findall(r"\w+", node.value))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value = ast.Constant(None)  # a docstring says what may be wrong
    return words


def is_of_another_library(name: str) -> bool:
    """Whether a dotted name is one of a module that is installed, and not one of ours."""
    first, *rest = name.split(".")
    if first in ROOMS or find_spec(first) is None:
        return False
    found = importlib.import_module(first)
    for part in rest:
        if not hasattr(found, part):
            found = importlib.import_module(f"{found.__name__}.{part}")
        else:
            found = getattr(found, part)
    return True


def missing(span: str) -> str | None:
    """Why what a page names does not exist; None where it does, or where it is no name."""
    if path := PATH.fullmatch(span):
        found = list(ROOT.glob(re.sub(r"<\w+>", "*", path[1].rstrip("/"))))
        if not found:
            return f"there is no {path[1]}"
        is_there = not path[2] or f"def {path[2]}(" in found[0].read_text()
        return None if is_there else f"{path[1]} has no {path[2]}"
    if FILE.fullmatch(span):
        return None if span in files() else f"there is no {span}"
    name = re.sub(r"\(.*\)$", "", span).removesuffix("_total")  # Prometheus appends that
    if name in FOREIGN or not (DOTTED.fullmatch(name) or IDENTIFIER.fullmatch(name)):
        return None
    unknown = [part for part in name.split(".") if part not in words_of_the_code()]
    if unknown and not ("." in name and is_of_another_library(name)):
        return f"the code has no {', '.join(unknown)}"
    return None


@every_page
def test_what_a_page_names_exists(page: Path) -> None:
    wrong = {span: why for span in spans(page) if (why := missing(span))}
    assert wrong == {}


@every_page
def test_the_modules_that_a_page_runs_exist(page: Path) -> None:
    for module in MODULE.findall(page.read_text()):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module


def test_a_name_of_another_library_is_used_by_a_page() -> None:
    assert {re.sub(r"\(.*\)$", "", span) for page in PAGES for span in spans(page)} >= FOREIGN
    assert not FOREIGN & words_of_the_code()


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, re.Pattern[str]]]:
    settings = Settings(data=tmp_path_factory.mktemp("data"))
    migrate(settings.resolved_database_url)
    paths = create_app(settings).openapi()["paths"]
    patterns = {path: re.compile(re.sub(r"\{\w+\}", "[^/]+", path)) for path in paths}
    return [(method.upper(), patterns[path]) for path in paths for method in paths[path]]


@every_page
def test_the_addresses_of_a_page_are_answered(
    page: Path, routes: list[tuple[str, re.Pattern[str]]]
) -> None:
    for span in spans(page):
        if asked := ADDRESS.fullmatch(span):
            methods = {method for method, path in routes if path.fullmatch(asked[2])}
            assert methods, span
            assert asked[1] is None or asked[1] in methods, span


@every_page
def test_the_python_of_a_page_imports_what_exists(page: Path) -> None:
    for block in PYTHON.findall(page.read_text()):
        for node in ast.walk(ast.parse(block)):
            if isinstance(node, ast.ImportFrom) and str(node.module).split(".")[0] in PACKAGES:
                module = importlib.import_module(str(node.module))
                for alias in node.names:
                    assert hasattr(module, alias.name), f"{node.module} has no {alias.name}"


@every_page
def test_the_links_to_a_section_lead_to_its_heading(page: Path) -> None:
    for target, anchor in LINK.findall(page.read_text()):
        if "://" not in target:
            text = (page.parent / target).read_text() if target else page.read_text()
            headings = re.findall(r"^#+ (.+)$", BLOCK.sub("", text), re.MULTILINE)
            assert anchor in {anchor_of(heading) for heading in headings}, f"{target}#{anchor}"


def anchor_of(heading: str) -> str:
    """As GitHub writes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_every_decision_is_in_the_index() -> None:
    listed = re.findall(
        r"^\| \[(\d{4})\]\(([^)]+)\) \|", (DECISIONS / "README.md").read_text(), re.MULTILINE
    )
    files = sorted(path.name for path in DECISIONS.glob("0*.md"))

    assert [name for _, name in listed] == files
    assert all(name.startswith(number) for number, name in listed)


def test_the_map_says_of_a_package_what_the_package_says() -> None:
    """CONTRIBUTING.md has a row for every package, with the first line of its docstring."""
    rooms = (ROOT / "CONTRIBUTING.md").read_text().partition("## The rooms")[2]
    rows = re.findall(r"^\| `([\w/]+)/` \| (.+) \|$", rooms, re.MULTILINE)
    found = [path for package in PACKAGES for path in (ROOT / package).rglob("__init__.py")]
    docstrings = {path: ast.get_docstring(ast.parse(path.read_text())) or "" for path in found}

    assert [path for path, docstring in docstrings.items() if not docstring] == []
    assert dict(rows) == {
        str(path.parent.relative_to(ROOT)): docstring.splitlines()[0]
        for path, docstring in docstrings.items()
    }


def test_the_licence_is_in_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    copied = (ROOT / "Dockerfile").read_text()

    assert project["license"] == "Apache-2.0"
    assert "Apache License" in (ROOT / "LICENSE").read_text()
    for name in project["license-files"]:
        assert (ROOT / name).exists()
        assert name in copied  # pip refuses to build without it


def test_every_threat_has_a_test() -> None:
    page = (ROOT / "docs" / "security.md").read_text()
    threats = page.partition("## Threats")[2].partition("## Open")[0]
    rows = [line for line in threats.splitlines() if re.match(r"\| (?!threat|-)", line)]

    assert len(rows) > 40
    assert [row for row in rows if not re.search(r"`tests/[\w/.]+::\w+`", row)] == []
