"""One story in a browser, with a real service and a real worker: from an upload to its deletion."""

import io
import os
import re
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from sklearn.datasets import load_digits

from tests.service.conftest import served, started
from tests.service.dashboard.browser import REFUSAL
from tests.service.dashboard.nginx import proxied
from tests.service.dashboard.test_playground import draw, settled
from workers.settings import Settings

EPOCHS = 8
IMAGE = re.compile("^Test image")


def digits_as_png(number=400):
    """A zip with a folder a class: the first digits of scikit-learn."""
    found = load_digits()
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for index, (pixels, label) in enumerate(
            zip(found.images[:number], found.target[:number], strict=True)
        ):
            content = io.BytesIO()
            Image.fromarray(np.rint(pixels * (255 / 16)).astype(np.uint8)).save(content, "PNG")
            archive.writestr(f"{label}/{index}.png", content.getvalue())
    return written.getvalue()


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """An empty installation with a worker process, whose jobs are processes of their own."""
    for service in started(tmp_path_factory.mktemp("story") / "data"):
        environment = {
            **os.environ,
            "BAKEOFF_DATA": str(service.settings.data),
            "BAKEOFF_DEVICE": "cpu",
            "OMP_NUM_THREADS": "1",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.workers.quick_worker"], env=environment
        )
        yield service
        process.terminate()
        process.wait()


@pytest.mark.slow  # the same as below a path, which is the harder of the two
def test_the_story_at_the_root(installation, new_page, tmp_path):
    with served(installation.settings) as address:
        tell(address, new_page, "light", tmp_path)
    nothing_is_left(installation)


def test_the_story_below_a_path_of_a_proxy(installation, new_page, tmp_path):
    path = "/lab/bakeoff"
    settings = Settings(**{**installation.settings.model_dump(), "root_path": path})
    with served(settings) as address, proxied(address, path, tmp_path) as public:
        tell(public, new_page, "dark", tmp_path)
    nothing_is_left(installation)


def nothing_is_left(service):
    assert service.http.get("/v1/comparisons").json()["items"] == []
    assert service.http.get("/v1/models").json()["items"] == []
    service.refused(service.http.get("/v1/datasets/my_digits"), 404)


def tell(address, new_page, theme, folder):
    archive = folder / "My digits.zip"
    archive.write_bytes(digits_as_png())
    with new_page(theme=theme, allowed=(REFUSAL,)) as page:  # of checks that there are not yet
        page.goto(f"{address}/#/datasets")
        expect(page.locator("html")).to_have_attribute("data-theme", theme)
        upload(page, archive)
        compare(page)
        watch(page)
        look(page)
        draw_a_digit(page)
        delete(page)


def upload(page, archive):
    page.get_by_label("Choose a file").set_input_files(archive)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("10 classes and images of 8 × 8 pixels")).to_be_visible()
    page.locator(".upload-made").get_by_role("link", name="my_digits").click()
    expect(page.get_by_role("heading", name="my_digits", level=1)).to_be_visible()
    expect(page.locator(".image-grid img").first).to_be_visible()


def compare(page):
    page.get_by_role("link", name="Compare on it").click()
    for name in ("fully_connected", "cnn"):
        page.get_by_role("button", name=f"Add: {name}", exact=True).click()
    page.get_by_label("Epochs").fill(str(EPOCHS))
    page.get_by_label("Batch size").fill("64")
    page.get_by_label("Seeds").fill("1")
    page.get_by_role("button", name="Start the comparison").click()
    page.wait_for_url(re.compile(r"#/comparisons/(?!new)"))


def watch(page):
    """Nothing is reloaded: what is shown follows the trainings to their end."""
    page.get_by_role("link", name="Curves").click()
    page.get_by_text("Numbers of “train loss”").click()
    rows = page.get_by_role("region", name="train loss").get_by_role("row")
    expect(rows).to_have_count(1 + EPOCHS)
    expect(page.locator(".summary-state .status")).to_have_text("succeeded")
    page.get_by_role("link", name="Verdicts").click()
    expect(page.get_by_text("has the highest mean test accuracy")).to_be_visible()


def look(page):
    page.get_by_role("link", name="Charts", exact=True).click()
    chart = page.locator(".service-charts img").first
    expect(chart).to_be_visible()
    assert chart.evaluate("image => image.naturalWidth") > 100
    page.get_by_role("link", name="Confusions").click()
    page.locator(".confusion button[style]").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("img", name=IMAGE).first).to_be_visible()
    dialog.get_by_role("button", name="Close").click()


def draw_a_digit(page):
    page.get_by_role("link", name="Try its models").click()
    page.wait_for_selector(".thumbnail")
    draw(page)
    settled(page)
    expect(page.locator(".answer-label")).to_have_count(2)
    page.go_back()


def delete(page):
    page.get_by_text("More", exact=True).click()
    page.get_by_role("button", name="Delete").click()
    confirm(page, "With it go 2 jobs, 2 models")
    expect(page.get_by_role("heading", name="Comparisons")).to_be_visible()
    page.get_by_role("link", name="Datasets", exact=True).click()
    page.locator(".datasets").get_by_role("link", name="my_digits").click()
    page.get_by_role("button", name="Delete").click()
    confirm(page, "at once and for good")
    expect(page.get_by_role("heading", name="Datasets", exact=True)).to_be_visible()


def confirm(page, sentence):
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(sentence)
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog).to_be_hidden()
