"""Models in the browser: found, named, given an alias and taken it again, measured, deleted and restored."""

import pytest
from playwright.sync_api import expect

from tests.service.conftest import TINY, served, started
from tests.service.dashboard.browser import REFUSAL
from tests.service.dashboard.installation import copied


@pytest.fixture
def copy(trained, tmp_path):
    """A copy of the trained installation, to be changed, with a training of no comparison."""
    for service in started(copied(trained, tmp_path / "data")):
        body = {"dataset": "digits", "architecture": "fully_connected", "recipe": TINY, "seed": 7}
        job = service.http.post("/v1/jobs", json=body).json()
        while service.http.get(f"/v1/jobs/{job['id']}").json()["status"] == "queued":
            service.work()
        yield service


def test_a_model_is_found_named_given_an_alias_and_taken_it_again(copy, new_page):
    before = copy.http.get("/v1/models/champion").json()["id"]
    alone = copy.http.get("/v1/models/latest").json()["id"]
    copy.http.put("/v1/aliases/favourite", json={"model_id": before}).raise_for_status()
    with served(copy.settings) as address, new_page() as page:
        page.goto(f"{address}/#/models")
        expect(page.get_by_text("5 models")).to_be_visible()
        page.get_by_label("All architectures").select_option("fully_connected")
        expect(page.get_by_text("3 models")).to_be_visible()
        page.get_by_role("link", name=alone).click()
        expect(page.get_by_role("heading", name="fully_connected on digits")).to_be_visible()
        expect(page.get_by_text("95 % interval")).to_be_visible()

        page.get_by_role("button", name="Edit name and notes").click()
        page.get_by_label("Name", exact=True).fill("wide <b>net</b>")
        page.get_by_label("Tags", exact=True).fill("Keep, baseline")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="wide <b>net</b>")).to_be_visible()
        expect(page.get_by_role("list", name="Tags")).to_contain_text("baseline")

        page.get_by_text("Let an alias stand for it").click()
        page.get_by_label("Alias", exact=True).fill("favourite")
        page.get_by_role("button", name="Set alias").click()
        page.get_by_text("favourite", exact=True).click()
        assert copy.http.get("/v1/models/favourite").json()["id"] == alone
        page.get_by_role("button", name="Go back to it").click()
        expect(page.get_by_text("No alias stands for it")).to_be_visible()
        assert copy.http.get("/v1/models/favourite").json()["id"] == before

        page.goto(f"{address}/#/models?search=wide")
        expect(page.get_by_text("1 model", exact=True)).to_be_visible()
        expect(page.get_by_role("link", name="baseline")).to_be_visible()


def test_a_model_is_measured_downloaded_deleted_and_restored(copy, new_page):
    alone = copy.http.get("/v1/models/latest").json()["id"]
    with served(copy.settings) as address, new_page(allowed=(REFUSAL,)) as page:
        page.goto(f"{address}/#/models/champion")
        page.get_by_role("button", name="Delete").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("needs job")
        expect(dialog.get_by_role("button", name="Delete")).to_be_disabled()

        page.goto(f"{address}/#/models/{alone}")
        page.get_by_text("Measure it").click()
        page.get_by_label("Batch sizes").fill("0")
        page.get_by_role("button", name="Measure").click()
        expect(page.get_by_role("alert")).to_contain_text("greater than or equal to 1")
        page.get_by_label("Batch sizes").fill("1, 8")
        page.get_by_role("button", name="Measure").click()
        expect(page.get_by_text("Measuring latency")).to_be_visible()
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("link", name="Job, cancelled")).to_be_visible()
        with page.expect_download() as download:
            page.get_by_role("button", name="ONNX").click()
        assert download.value.suggested_filename.endswith(".onnx")

        page.get_by_role("button", name="Delete").click()
        expect(dialog).to_contain_text("can be restored until")
        dialog.get_by_role("button", name="Delete").click()
        expect(page.get_by_role("heading", name="Models")).to_be_visible()
        page.goto(f"{address}/#/models/{alone}")
        page.get_by_role("button", name="Restore the model").click()
        expect(page.get_by_role("heading", name="fully_connected on digits")).to_be_visible()
