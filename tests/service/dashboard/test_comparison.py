"""The page of a comparison and the list of all: looked at as a reader does, from the verdict to a single image."""

import re

from playwright.sync_api import expect

from tests.service.conftest import served
from tests.service.dashboard.installation import make_busy, train_on
from tests.service.dashboard.pages import THEMES, WIDTHS
from tests.service.dashboard.test_pages import layouts, violations

PARTS = ("Pairs", "Confusions", "Failures", "Charts", "Trainings")


def ended(busy):
    """The comparison of the installation that has a result."""
    [found] = [row for row in busy.http.get("/v1/comparisons").json()["items"] if row["leader"]]
    return found


def test_a_comparison_is_read_from_its_verdict_to_a_single_image(busy, busy_address, new_page):
    comparison = ended(busy)
    with new_page() as page:
        page.goto(f"{busy_address}/#/comparisons/{comparison['id']}")
        expect(page.get_by_text("has the highest mean test accuracy")).to_be_visible()
        expect(page.get_by_text(comparison["recipe_hash"]).first).to_be_visible()
        expect(page.get_by_text(re.compile("beats|No difference could be shown"))).to_be_visible()

        board = page.get_by_role("region", name="Leaderboard")
        page.get_by_role("button", name="Baseline: fully_connected").click()
        expect(board.get_by_role("row").nth(1)).to_contain_text("fully_connected")
        expect(board).to_contain_text(re.compile(r"[+−]\d+\.\d \([+−]\d+\.\d to [+−]\d+\.\d\), "))

        expect(page.locator(".chart canvas")).to_have_count(2)
        page.get_by_role("combobox", name="Metric").nth(1).select_option("test_loss")
        page.get_by_role("checkbox", name="Logarithmic").check()
        page.get_by_role("link", name="Confusions").click()
        page.locator(".confusion button[style]").first.click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("img", name=re.compile("Test image")).first).to_be_visible()
        dialog.get_by_role("button", name="Why?").first.click()
        expect(dialog.get_by_role("img", name=re.compile("What speaks for"))).to_have_count(2)
        page.reload()  # the address has the whole view
        expect(dialog.get_by_role("img", name=re.compile("Test image")).first).to_be_visible()
        dialog.get_by_role("button", name="Close").click()
        expect(page.get_by_role("button", name="Baseline: fully_connected")).to_have_attribute(
            "aria-pressed", "true"
        )

        for part in PARTS:  # each loads what it shows when it is looked at
            page.get_by_role("link", name=part, exact=True).click()
        expect(page.locator(".failures .image-card").first).to_be_visible()
        expect(page.locator(".service-charts .picture").first).to_be_visible()
        page.get_by_role("checkbox", name="fully_connected").uncheck()
        expect(page.get_by_text("Two architectures with a result are needed")).to_be_visible()
        expect(page.locator(".trainings tbody tr")).to_have_count(1)
        expect(page.locator(".failures > li")).to_have_count(1)
        page.get_by_role("button", name="Show all").click()

        page.wait_for_selector(".loading", state="detached")
        assert layouts(page) == {width: [] for width in WIDTHS}
        assert violations(page) == {theme: [] for theme in THEMES}


def test_a_comparison_that_runs_is_followed_named_and_cancelled_and_found_by_its_tag(
    service, new_page
):
    make_busy(service)
    [running] = [
        row
        for row in service.http.get("/v1/comparisons").json()["items"]
        if row["status"] == "running"
    ]
    with served(service.settings) as address, new_page() as page:
        page.goto(f"{address}/#/comparisons/{running['id']}?part=curves")
        page.get_by_text("Numbers of “train loss”").click()
        numbers = page.get_by_role("region", name="train loss")
        expect(numbers.get_by_role("row")).to_have_count(1 + 14)

        train_on(service, epoch=15)
        expect(numbers.get_by_role("row")).to_have_count(1 + 15)

        page.get_by_role("button", name="Name, note, tags").click()
        page.get_by_label("Tags").fill("homework, <b>week 3</b>")
        page.get_by_role("button", name="Save").click()
        page.get_by_role("button", name="Cancel 20 trainings").click()
        expect(page.get_by_text("20 trainings cancelled")).to_be_visible()
        expect(page.get_by_role("button", name="Retry 18 trainings")).to_be_visible()

        page.get_by_role("link", name="<b>week 3</b>").click()
        expect(page.get_by_text("1 comparison", exact=True)).to_be_visible()
        page.get_by_label("Status").select_option("succeeded")
        expect(page.get_by_text("There is no comparison yet")).to_be_visible()
