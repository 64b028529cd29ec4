"""The pages of jobs: what runs is followed, what has ended is shown whole, whatever its kind."""

import os
import re

import pytest
from playwright.sync_api import expect

from tests.service.conftest import served
from tests.service.dashboard.installation import make_busy, move_on, train_on
from tests.service.dashboard.pages import THEMES, WIDTHS
from tests.service.dashboard.test_pages import layouts, take_pictures, violations

#: Kind → what its page says; jobs of these kinds are in the busy installation.
SENTENCES = {
    "train": "Trains cnn on digits",
    "checks": "Looks through digits for duplicates",
    "features": "Computes the features of digits by timm/efficientnet_lite0",
}


def test_a_running_job_is_followed_and_a_waiting_one_cancelled_and_retried(service, new_page):
    make_busy(service)
    running, *_ = service.http.get("/v1/jobs?status=running").json()["items"]
    with served(service.settings) as address, new_page() as page:
        page.goto(f"{address}/#/jobs/{running['id']}")
        expect(page.get_by_text("epoch 15 of 30")).to_be_visible()
        expect(page.get_by_text("1 min 34 s left")).to_be_visible()
        expect(page.locator(".chart canvas").first).to_be_visible()
        expect(page.get_by_role("listitem").filter(has_text="Epoch 14: loss")).to_be_visible()
        train_on(service, epoch=15)
        expect(page.get_by_role("listitem").filter(has_text="Epoch 15: loss")).to_be_visible()
        move_on(service, epoch=21)
        expect(page.get_by_text("epoch 21 of 30")).to_be_visible()

        page.goto(f"{address}/#/jobs?status=queued&search=resnet18")
        page.get_by_role("link", name="resnet18, seed 3").click()
        expect(page.get_by_text("It waits for a worker")).to_be_visible()
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("status").filter(has_text="cancelled")).to_be_visible()
        page.get_by_role("button", name="Retry").click()
        expect(page.get_by_role("status").filter(has_text="queued")).to_be_visible()
        page.get_by_role("link", name="Clone and edit").click()
        expect(page.get_by_role("heading", name="New comparison")).to_be_visible()
        expect(page.get_by_label("Seeds")).to_have_value("[3]")


@pytest.mark.parametrize("kind", SENTENCES)
def test_a_job_of_any_kind_says_what_it_did_to_everyone(
    kind, busy, busy_address, new_page, screenshots
):
    jobs = busy.http.get(f"/v1/jobs?kind={kind}&status=succeeded").json()["items"]
    with new_page() as page:
        page.goto(f"{busy_address}/#/jobs/{jobs[0]['id']}")
        expect(page.get_by_text(re.compile(SENTENCES[kind]))).to_be_visible()
        expect(page.get_by_role("heading", name="Result")).to_be_visible()
        page.wait_for_selector(".loading", state="detached")

        assert layouts(page) == {width: [] for width in WIDTHS}
        assert violations(page) == {theme: [] for theme in THEMES}
        if "SCREENSHOTS" in os.environ:
            take_pictures(page, f"job_{kind}", screenshots)


def test_an_ended_training_shows_its_numbers_its_charts_and_its_log(busy, busy_address, new_page):
    [job, *_] = busy.http.get("/v1/jobs?kind=train&status=succeeded").json()["items"]
    with new_page() as page:
        page.goto(f"{busy_address}/#/jobs/{job['id']}")
        expect(page.get_by_text("Test accuracy")).to_be_visible()
        expect(page.get_by_text("Peak memory", exact=True)).to_be_visible()
        page.get_by_label("Chart", exact=True).select_option("reliability")
        expect(page.locator(".job-chart img")).to_have_attribute("alt", "Calibration")
        with page.expect_download() as download:
            page.get_by_role("button", name="Metrics as CSV").click()
        assert download.value.suggested_filename == "metrics.csv"
        page.get_by_role("link", name=job["comparison_id"]).click()
        page.wait_for_url(f"**/#/comparisons/{job['comparison_id']}")
