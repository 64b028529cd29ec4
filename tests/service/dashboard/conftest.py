"""A Chromium for the tests of the dashboard, and installations to look at with it.

The environment variable SCREENSHOTS names a folder for the pictures that the tests take of every page.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.service.conftest import Service, served, started
from tests.service.dashboard.browser import launched, watched
from tests.service.dashboard.installation import copied, make_busy, make_large
from tests.service.dashboard.records import add_records

Opener = Callable[..., AbstractContextManager[Any]]


# Of a module, not of the session: while Playwright runs, no other test of this thread can use asyncio.
@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def new_page(browser: Any) -> Opener:
    """Opens a watched page: `with new_page(width=390, theme="dark") as page`."""
    return partial(watched, browser)


@pytest.fixture(scope="session")
def busy(trained: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """An installation with comparisons that have ended, run and wait; tests leave it as it is."""
    for service in started(copied(trained, tmp_path_factory.mktemp("busy") / "data")):
        add_records(service)
        make_busy(service)
        yield service


@pytest.fixture(scope="session")
def busy_address(busy: Service) -> Iterator[str]:
    with served(busy.settings) as address:
        yield address


@pytest.fixture(scope="session")
def large_address(trained: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An installation whose newest comparison has many architectures and seeds."""
    for service in started(copied(trained, tmp_path_factory.mktemp("large") / "data")):
        make_large(service)
        with served(service.settings) as address:
            yield address


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pictures of pages go."""
    given = os.environ.get("SCREENSHOTS")
    folder = Path(given) if given else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
