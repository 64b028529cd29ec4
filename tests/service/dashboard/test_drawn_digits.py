"""A network that was trained on MNIST recognises what is drawn in the browser, wherever and however large."""

import math

import pytest
from playwright.sync_api import expect

from tests.service.conftest import served, started
from tests.service.dashboard.test_playground import draw, settled

pytestmark = pytest.mark.slow  # it trains on 54,000 images


def arc(x, y, across, down, start, end):
    """Points on an ellipse around (x, y); angles are clockwise from the right, in parts of π."""
    angles = [math.pi * (start + (end - start) * step / 20) for step in range(21)]
    return [(x + across * math.cos(angle), y + down * math.sin(angle)) for angle in angles]


#: Digit → its strokes, as points in a square.
STROKES = {
    "0": [arc(0.5, 0.5, 0.22, 0.34, -0.5, 1.5)],
    "1": [[(0.5, 0.15), (0.5, 0.85)]],
    "3": [arc(0.48, 0.32, 0.2, 0.18, -0.8, 0.5) + arc(0.48, 0.69, 0.23, 0.2, -0.5, 0.8)],
    "7": [[(0.3, 0.2), (0.7, 0.2), (0.45, 0.82)]],
}
#: How large it is drawn, and where its square begins.
PLACES = [(1, 0, 0), (0.35, 0.6, 0.1)]


@pytest.fixture(scope="module")
def with_mnist(tmp_path_factory):
    for service in started(tmp_path_factory.mktemp("mnist") / "data"):
        job = service.http.post("/v1/datasets/mnist/fetch").json()["id"]
        service.work()
        fetched = service.http.get(f"/v1/jobs/{job}").json()
        if fetched["status"] != "succeeded":
            pytest.skip(f"no source can be reached from here: {fetched['error']}")
        body = {"dataset": "mnist", "architecture": "cnn", "recipe": {"epochs": 1}}
        assert service.http.post("/v1/jobs", json=body).status_code == 202
        service.work()
        yield service


def test_drawn_digits_are_recognised(with_mnist, new_page):
    with served(with_mnist.settings) as address, new_page() as page:
        page.goto(f"{address}/#/playground")
        page.wait_for_selector(".thumbnail")
        for digit, strokes in STROKES.items():
            for scale, x, y in PLACES:
                placed = [
                    [(x + scale * across, y + scale * down) for across, down in stroke]
                    for stroke in strokes
                ]
                draw(page, placed)
                settled(page)
                expect(page.locator(".answer-label")).to_have_text(digit)
                page.get_by_role("button", name="Clear").click()
