"""The page of a comparison and the list of all, as a reader uses them: from the verdict to an image."""

import re
from collections import Counter

from playwright.sync_api import expect

from tests.service.conftest import served
from tests.service.dashboard.browser import REFUSAL
from tests.service.dashboard.installation import make_busy, train_on
from tests.service.routes.v1.test_bound_weights import compare, replace
from tests.service.routes.v1.test_pretrained import upload

IMAGE = re.compile("^Test image")


def find(service, status):
    """The only comparison of this status."""
    items = service.http.get("/v1/comparisons").json()["items"]
    [found] = [row for row in items if row["status"] == status]
    return found


def test_a_comparison_is_read_from_its_verdict_to_a_single_image(busy, busy_address, new_page):
    comparison = find(busy, "succeeded")
    with new_page() as page:
        page.goto(f"{busy_address}/#/comparisons/{comparison['id']}")
        expect(page.get_by_text("has the highest mean test accuracy")).to_be_visible()
        expect(page.get_by_text(comparison["recipe_hash"]).first).to_be_visible()
        expect(page.get_by_text(re.compile("beats|No difference could be shown"))).to_be_visible()

        pin_a_baseline(page)
        page.get_by_role("combobox", name="Metric").nth(1).select_option("test_loss")
        page.get_by_role("checkbox", name="Logarithmic").check()
        expect(page.locator(".chart canvas")).to_have_count(2)
        ask_why_an_image_is_taken_for_another(page)
        page.reload()  # the address has the whole view
        expect(page.get_by_role("dialog").get_by_role("img", name=IMAGE).first).to_be_visible()
        page.get_by_role("dialog").get_by_role("button", name="Close").click()
        expect(page.get_by_role("combobox", name="Metric").nth(1)).to_have_value("test_loss")

        look_at_every_part(page)
        hide_an_architecture(page)


def pin_a_baseline(page):
    board = page.get_by_role("region", name="Leaderboard")
    page.get_by_role("button", name="pin fully_connected as the baseline").click()
    expect(board.get_by_role("row").nth(1)).to_contain_text("fully_connected")
    difference = re.compile(r"[+−]\d+\.\d \([+−]\d+\.\d to [+−]\d+\.\d\), ")
    expect(board.get_by_role("row").nth(2)).to_contain_text(difference)


def ask_why_an_image_is_taken_for_another(page):
    page.get_by_role("link", name="Confusions").click()
    page.locator(".confusion button[style]").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("img", name=IMAGE).first).to_be_visible()
    dialog.get_by_role("button", name="Why?").first.click()
    expect(dialog.get_by_role("img", name=re.compile("What speaks for"))).to_have_count(2)


def look_at_every_part(page):
    """Each loads what it shows when it is looked at."""
    for part in ("Pairs", "Confusions", "Failures", "Charts", "Trainings"):
        page.get_by_role("link", name=part, exact=True).click()
    expect(page.locator(".failures .image-card").first).to_be_visible()
    expect(page.locator(".service-charts img").first).to_be_visible()


def hide_an_architecture(page):
    page.get_by_role("checkbox", name="fully_connected").uncheck()
    expect(page.get_by_text("Two architectures with a result are needed")).to_be_visible()
    expect(page.get_by_role("region", name="Trainings").get_by_role("row")).to_have_count(2)
    expect(page.locator(".failures > li")).to_have_count(1)
    expect(page.get_by_role("region", name="Leaderboard").get_by_role("row")).to_have_count(2)


def test_a_comparison_that_runs_is_followed_named_cancelled_and_found_by_its_tag(service, new_page):
    make_busy(service)
    running = find(service, "running")
    with served(service.settings) as address, new_page() as page:
        page.goto(f"{address}/#/comparisons/{running['id']}?part=curves")
        page.get_by_text("Numbers of “train loss”").click()
        rows = page.get_by_role("region", name="train loss").get_by_role("row")
        expect(rows).to_have_count(1 + 14)
        train_on(service, epoch=15)
        expect(rows).to_have_count(1 + 15)

        page.get_by_text("More", exact=True).click()
        page.get_by_role("button", name="Name, note, tags").click()
        page.get_by_role("textbox", name="Tags").fill("homework, <b>week 3</b>")
        page.get_by_role("button", name="Save").click()
        page.get_by_role("button", name="Cancel 20 trainings").click()
        expect(page.get_by_text("20 trainings cancelled")).to_be_visible()
        expect(page.get_by_role("button", name="Retry 18 trainings")).to_be_visible()

        page.get_by_role("link", name="<b>week 3</b>").click()
        expect(page.get_by_text("1 comparison", exact=True)).to_be_visible()
        page.get_by_role("combobox", name="Status").select_option("succeeded")
        expect(page.get_by_text("No comparison of this status and tag")).to_be_visible()


def test_with_folds_an_image_is_explained_by_the_network_that_was_not_trained_on_it(
    service, new_page
):
    body = {"dataset": "digits", "architectures": ["fully_connected"], "folds": 2}
    service.http.post("/v1/comparisons", json=body | {"recipe": {"epochs": 1}})
    service.work(jobs=2)
    models = {
        job["fold"]: job["model_id"]
        for job in service.http.get("/v1/comparisons/latest").json()["jobs"]
    }
    query = {"architecture": "fully_connected", "limit": 1}
    [image] = service.http.get("/v1/comparisons/latest/failure_images", params=query).json()[
        "items"
    ]
    with served(service.settings) as address, new_page() as page:
        page.goto(f"{address}/#/comparisons/latest?part=failures")
        expect(page.get_by_text("networks that were not trained on it")).to_be_visible()
        with page.expect_request(f"**/v1/models/{models[image['fold']]}/explanations**"):
            page.locator(".failures .image-card").first.get_by_role("button", name="Why?").click()
        expect(page.get_by_role("img", name=re.compile("What speaks for"))).to_have_count(2)


def test_seeds_that_may_not_be_compared_are_not_trained(service, new_page):
    upload(service)
    comparison = compare(service).rpartition("/")[2]
    replace(service)
    with served(service.settings) as address, new_page(allowed=(REFUSAL,)) as page:
        page.goto(f"{address}/#/comparisons/{comparison}")
        page.get_by_text("More", exact=True).click()
        page.get_by_role("button", name="Add seeds").click()
        page.get_by_role("button", name="Train", exact=True).click()
        refusal = page.get_by_text("only trainings that started from the same weights are compared")
        expect(refusal).to_contain_text("2 new trainings cancelled")
        assert statuses(service) == {"queued": 2, "cancelled": 2}

        upload(service)
        page.get_by_role("button", name="Train", exact=True).click()
        page.wait_for_url(lambda url: "comparisons" in url and comparison not in url)
    assert statuses(service) == {"queued": 4, "cancelled": 2}


def statuses(service):
    """How many trainings have each status."""
    return Counter(job["status"] for job in service.http.get("/v1/jobs").json()["items"])
