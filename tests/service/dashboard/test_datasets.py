"""Datasets in the browser: uploaded, looked at, checked and deleted; and what cannot be taken is said."""

import io
import zipfile

from playwright.sync_api import expect

from tests.service.conftest import served
from tests.service.dashboard.browser import REFUSAL
from tests.service.dashboard.installation import MARKUP
from tests.service.dashboard.records import flowers
from workers.settings import Settings


def choose(page, name, content):
    """Choose a file, as by the dialog of the browser."""
    file = {"name": name, "mimeType": "application/zip", "buffer": content}
    page.get_by_label("Choose a file").set_input_files(file)


def test_a_folder_is_uploaded_and_what_was_left_out_is_said(
    service, empty_address, new_page, tmp_path
):
    inner = "pictures whose folder has a name that is longer than a plain header of a tar can hold, in Zürich"
    with zipfile.ZipFile(io.BytesIO(flowers(damaged=2))) as archive:
        archive.extractall(tmp_path / "My Flowers" / inner)
    with new_page(allowed=(REFUSAL,)) as page:  # it is asked for checks that there are not yet
        page.goto(f"{empty_address}/#/datasets")
        page.get_by_label("Choose a folder").set_input_files(tmp_path / "My Flowers")
        expect(page.get_by_label("Name", exact=True)).to_have_value("my_flowers")
        page.get_by_label("Damaged images").select_option("skip")
        page.get_by_role("button", name="Upload").click()
        expect(page.get_by_text("Preparing my_flowers")).to_be_visible()
        expect(page.get_by_text("No worker is running")).to_be_visible()

        service.work()

        expect(page.get_by_text("2 files were left out")).to_contain_text("broken_0.png")
        expect(page.get_by_text("3 classes and images of 16 × 16 pixels")).to_be_visible()
        page.get_by_role("heading", name="my_flowers").get_by_role("link").click()
        expect(page.get_by_role("heading", name="my_flowers", level=1)).to_be_visible()
        expect(
            page.get_by_text("It has not been checked").or_(page.get_by_text("Looking for"))
        ).to_be_visible()


def test_the_images_of_a_dataset_are_looked_at_checked_and_deleted(
    service, empty_address, new_page
):
    service.http.put("/v1/datasets/flowers", content=flowers())

    def number(**query):
        return service.http.get("/v1/datasets/flowers/images", params=query).json()["total"]

    with new_page(allowed=(REFUSAL,)) as page:
        page.goto(f"{empty_address}/#/datasets/flowers")
        expect(page.locator(".image-grid li")).to_have_count(number())
        page.get_by_label("Class", exact=True).select_option(MARKUP)
        expect(page.locator(".image-grid li")).to_have_count(number(label=MARKUP))
        page.get_by_role("radio", name="test", exact=True).check(force=True)
        expect(page.locator(".image-grid li")).to_have_count(number(label=MARKUP, split="test"))
        assert "split=test" in page.url
        expect(page.get_by_text("Looking for leaks")).to_be_visible()

        service.work()

        page.get_by_text("Show the images").first.click()
        expect(page.locator(".group img").first).to_be_visible()
        expect(page.get_by_role("row", name="rose")).to_contain_text("12")

        page.get_by_role("button", name="Delete").click()
        dialog = page.get_by_role("dialog", name="Delete this dataset?")
        expect(dialog).to_contain_text("at once and for good")
        dialog.get_by_role("button", name="Delete").click()
        expect(page.get_by_text("Deleted the dataset flowers")).to_be_visible()
        expect(page.get_by_role("heading", name="Datasets", exact=True)).to_be_visible()

    service.refused(service.http.get("/v1/datasets/flowers"), 404)


def test_what_cannot_be_taken_is_said_and_the_page_lives_on(service, new_page):
    small = Settings(**{**service.settings.model_dump(), "max_upload_bytes": 1_000_000})
    with served(small) as address, new_page(allowed=(REFUSAL, "net::ERR_")) as page:
        page.goto(f"{address}/#/datasets")
        choose(page, "noise.zip", b"no archive at all")
        page.get_by_role("button", name="Upload").click()
        expect(page.get_by_text("Preparing noise")).to_be_visible()
        service.work()
        expect(page.get_by_role("alert")).to_contain_text("accepted")

        choose(page, "large.zip", bytes(40_000_000))
        page.get_by_role("button", name="Upload").click()
        expect(page.get_by_role("alert").filter(has_text="larger than")).to_be_visible()

        page.get_by_role("searchbox", name="Find datasets").fill("digits uci")
        expect(page.get_by_text("1 dataset", exact=True)).to_be_visible()
        page.get_by_role("button", name="Fetch digits").click()
        expect(page.get_by_text("Fetching digits")).to_be_visible()
        service.work()
        expect(page.get_by_text("1,797 images")).to_be_visible()
