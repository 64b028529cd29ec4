"""The form of a new comparison: filled, priced, linked to, refused at its fields, cloned, and started."""

import json
import re
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import expect

from tests.service.conftest import served, started
from tests.service.dashboard.browser import REFUSAL
from tests.service.dashboard.installation import copied


@pytest.fixture
def own(trained, tmp_path):
    """An installation in which something was trained, for tests that start something."""
    yield from started(copied(trained, tmp_path / "data"))


@pytest.fixture
def own_address(own):
    with served(own.settings) as address:
        yield address


def test_a_comparison_is_chosen_priced_linked_to_and_started(own, own_address, new_page):
    with new_page() as page:
        page.goto(f"{own_address}/#/comparisons/new")
        choose(page, "digits", ("cnn", "fully_connected", "cnn"))
        chosen = page.get_by_role("list", name="Chosen architectures").get_by_role("listitem")
        expect(chosen).to_have_count(3)
        expect(chosen.first.get_by_role("img", name="Layers of cnn: Conv2d to 32")).to_be_visible()
        expect(chosen.first).to_contain_text("FLOPs")

        chosen.last.get_by_text("Label and options").click()
        chosen.last.get_by_label("Channels").fill("8, 16")
        page.get_by_label("Epochs").fill("7")
        page.get_by_label("Schedule").select_option("one cycle")
        page.get_by_label("Seeds").fill("0, 5")
        cost = page.get_by_role("complementary", name="Cost and start")
        expect(cost).to_contain_text("for 6 trainings")
        expect(cost).to_contain_text("3 architectures × 2 seeds, 7 epochs")
        expect(cost).to_contain_text("in 4 epochs so far")

        page.reload()
        page.get_by_role("tab", name="Python").click()
        expect(page.get_by_role("tabpanel")).to_contain_text("seeds=[0, 5]")
        expect(page.get_by_label("Epochs")).to_have_value("7")
        page.get_by_role("button", name="Start the comparison").click()
        page.wait_for_url(re.compile(r"#/comparisons/(?!new)"))

    newest = own.http.get("/v1/comparisons/latest").json()
    assert page.url.endswith(newest["id"])
    assert newest["seeds"] == [0, 5]
    assert (newest["recipe"]["epochs"], newest["recipe"]["schedule"]) == (7, "one_cycle")
    assert [found["label"] for found in newest["architectures"]] == [
        "cnn",
        "fully_connected",
        "cnn 2",
    ]
    assert newest["architectures"][2]["options"]["channels"] == [8, 16]


def choose(page, dataset, architectures):
    expect(page.get_by_text("Choose a dataset and an architecture.")).to_be_visible()
    page.get_by_role("radio", name=dataset).check()
    expect(page.locator(".request-thumbnails img").first).to_be_visible()
    for name in architectures:
        page.get_by_role("button", name=re.compile(f"^Add( again)?: {name}$")).click()


def test_a_refusal_of_the_api_stands_at_the_field_that_it_names(busy_address, new_page):
    with new_page(allowed=(REFUSAL,)) as page:
        page.goto(f"{busy_address}/#/comparisons/new?dataset=digits")
        page.get_by_role("searchbox", name="Search all architectures").fill("efficientnet_lite0")
        page.get_by_role("button", name="Add: timm/efficientnet_lite0").click()
        page.get_by_role("radio", name="pretrained, head trained").check()
        page.get_by_role("button", name="Fine tune").click()

        expect(page.get_by_text("augmentation and test-time flips of the recipe")).to_be_visible()
        page.get_by_label("Epochs").fill("many")
        expect(page.get_by_label("Epochs")).to_have_accessible_description(
            re.compile("valid integer")
        )
        expect(page.get_by_text("Refused: 1 field")).to_be_visible()


def test_a_clone_marks_what_differs_from_its_original(busy, busy_address, new_page):
    [comparison] = [
        each
        for each in busy.http.get("/v1/comparisons").json()["items"]
        if each["status"] == "succeeded"
    ]
    with new_page() as page:
        page.goto(f"{busy_address}/#/comparisons/new?from={comparison['id']}")
        expect(page.get_by_text("what differs from it is marked")).to_be_visible()
        expect(page.get_by_label("Epochs")).to_have_value("2")
        expect(page.locator(".request-was")).to_have_count(0)

        page.get_by_label("Epochs").fill("20")
        page.get_by_role("button", name="Remove cnn").click()

        expect(page.get_by_text("was 2", exact=True)).to_be_visible()
        expect(page.get_by_role("button", name="Put back cnn")).to_be_visible()
        query = parse_qs(page.url.partition("?")[2])
        assert json.loads(query["recipe"][0])["epochs"] == 20
