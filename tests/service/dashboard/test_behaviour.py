"""What the dashboard does: it follows jobs, asks for a key, says when the service is gone, keeps its view."""

import re

import pytest
from playwright.sync_api import expect

from tests.service.conftest import served
from tests.service.dashboard.browser import REFUSAL
from tests.service.dashboard.installation import make_busy, move_on
from tests.service.dashboard.nginx import proxied
from tests.service.keys import make
from workers.settings import Settings

GONE = "net::ERR_"  # what the console says while there is no service


def test_an_empty_installation_says_what_to_do_and_one_button_does_it(
    service, empty_address, new_page
):
    with new_page() as page:
        page.goto(empty_address)
        expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
        expect(page.get_by_text("No worker is running")).to_be_visible()

        page.get_by_role("button", name="Run the comparison").click()
        page.wait_for_url("**/#/comparisons/*")

    [comparison] = service.http.get("/v1/comparisons").json()["items"]
    assert page.url.endswith(comparison["id"])
    assert comparison["dataset"] == "digits"
    assert [found["name"] for found in comparison["architectures"]] == [
        "fully_connected",
        "cnn",
        "residual_cnn",
    ]
    assert len(comparison["seeds"]) == 3


def test_home_shows_what_runs_what_waits_and_what_came_of_the_last_comparisons(
    busy_address, new_page
):
    with new_page() as page:
        page.goto(busy_address)

        running = page.get_by_role("listitem").filter(has_text="cnn, seed 0")
        expect(running.first).to_contain_text("epoch 15 of 30")
        expect(running.first).to_contain_text("1 min 34 s left")
        expect(running.first.get_by_role("img")).to_have_attribute(
            "aria-label", re.compile("Loss: .* at first, 0.0812 now")
        )
        expect(page.get_by_text("leads with")).to_be_visible()
        expect(
            page.get_by_text("no difference shown").or_(page.get_by_text("beats"))
        ).to_be_visible()
        expect(page.get_by_text("2 workers").first).to_be_visible()


def test_home_follows_the_progress_of_a_training_without_being_reloaded(service, new_page):
    make_busy(service)
    with served(service.settings) as address, new_page() as page:
        page.goto(address)
        expect(page.get_by_text("epoch 15 of 30")).to_be_visible()

        move_on(service, epoch=21)

        expect(page.get_by_text("epoch 21 of 30").first).to_be_visible()


def test_markup_in_a_name_is_shown_as_text(busy_address, new_page):
    with new_page() as page:
        page.goto(busy_address)

        expect(page.get_by_role("link", name="<img src=x onerror=alert(1)>").first).to_be_visible()
        assert page.locator("main img").count() == 0


def test_a_key_is_asked_for_once_and_kept_for_the_session_in_the_tab_alone(
    service, empty_address, new_page
):
    key = make(service, "admin").key
    with new_page(allowed=(REFUSAL,)) as page:
        page.goto(empty_address)
        dialog = page.get_by_role("dialog", name="API key")
        expect(dialog).to_contain_text("an API key is needed")

        dialog.get_by_label("Key").fill("wrong")
        dialog.get_by_role("button", name="Use key").click()
        expect(dialog).to_contain_text("not known")
        dialog.get_by_label("Key").fill(key)
        dialog.get_by_role("button", name="Use key").click()

        expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
        page.reload()
        expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
        expect(dialog).to_be_hidden()
        assert key not in page.url
        assert page.context.cookies() == []
        assert page.evaluate("JSON.stringify(localStorage)").count(key) == 0


def test_a_key_that_is_not_given_leaves_a_sentence_and_a_way_to_try_again(
    service, empty_address, new_page
):
    make(service, "admin")
    with new_page(allowed=(REFUSAL,)) as page:
        page.goto(empty_address)
        page.get_by_role("dialog").get_by_role("button", name="Cancel").click()

        expect(page.get_by_role("alert").first).to_contain_text("an API key is needed")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_role("button", name="Enter a key")).to_be_visible()


def test_a_service_that_does_not_answer_is_said_and_the_page_recovers(busy_address, new_page):
    with new_page(allowed=(GONE, REFUSAL)) as page:
        page.goto(busy_address)
        expect(page.get_by_text("leads with")).to_be_visible()

        page.context.set_offline(True)
        page.evaluate(
            "document.dispatchEvent(new Event('visibilitychange'))"
        )  # it asks for workers
        banner = page.get_by_text("The service does not answer; trying again")
        expect(banner).to_be_visible()
        expect(page.get_by_text("leads with")).to_be_visible()

        page.context.set_offline(False)
        expect(banner).to_be_hidden()


def test_a_page_that_could_not_be_loaded_comes_when_the_service_answers_again(
    busy_address, new_page
):
    with new_page(allowed=(GONE, REFUSAL)) as page:
        page.goto(busy_address)
        expect(page.get_by_text("leads with")).to_be_visible()

        page.context.set_offline(True)
        page.get_by_role("link", name="Models", exact=True).click()
        expect(page.get_by_text("The page could not be loaded")).to_be_visible()
        page.context.set_offline(False)

        expect(page.get_by_text("4 models")).to_be_visible()


def test_an_address_that_ends_in_a_slash_is_that_of_the_list(busy_address, new_page):
    with new_page() as page:
        page.goto(f"{busy_address}/#/models/")

        expect(page.get_by_text("4 models")).to_be_visible()
        expect(page.get_by_role("link", name="Models", exact=True)).to_have_attribute(
            "aria-current", "page"
        )


@pytest.mark.parametrize("path", ["/", "/playground"])
def test_a_file_that_is_dropped_never_takes_the_place_of_the_dashboard(
    path, busy_address, new_page, tmp_path
):
    (tmp_path / "other.html").write_text("<h1>Another page</h1>")
    dragged = {"items": [], "files": [str(tmp_path / "other.html")], "dragOperationsMask": 1}
    with new_page(allowed=(REFUSAL,)) as page:
        page.goto(f"{busy_address}/#{path}")
        page.wait_for_selector(".panel")
        session = page.context.new_cdp_session(page)
        for kind in ("dragEnter", "dragOver", "drop"):
            event = {"type": kind, "x": 400, "y": 400, "data": dragged}
            session.send("Input.dispatchDragEvent", event)

        if path == "/playground":
            expect(page.get_by_role("alert").first).to_contain_text("accepted are an image file")
        page.get_by_role("link", name="Models", exact=True).click()
        expect(page.get_by_text("4 models")).to_be_visible()


def test_a_menu_closes_with_a_click_elsewhere_and_with_escape(busy_address, new_page):
    with new_page() as page:
        page.goto(f"{busy_address}/#/models")
        menu, column = page.get_by_text("Columns", exact=True), page.get_by_label("Seed")
        menu.click()
        column.uncheck()
        expect(column).to_be_visible()

        page.get_by_role("heading", name="Models", level=1).click()
        expect(column).to_be_hidden()
        menu.click()
        page.keyboard.press("Escape")

        expect(column).to_be_hidden()
        expect(menu).to_be_focused()


def test_the_theme_follows_the_system_live_until_the_reader_chooses(busy_address, new_page):
    with new_page(theme="light") as page:
        page.goto(busy_address)
        root = page.locator("html")
        expect(root).to_have_attribute("data-theme", "light")
        page.emulate_media(color_scheme="dark")
        expect(root).to_have_attribute("data-theme", "dark")

        page.get_by_role("radio", name="light").check(force=True)
        expect(root).to_have_attribute("data-theme", "light")
        page.reload()
        expect(root).to_have_attribute("data-theme", "light")


def test_the_view_of_a_table_is_in_the_address(busy_address, new_page):
    with new_page() as page:
        page.goto(f"{busy_address}/#/comparisons")
        page.get_by_role("button", name="Test accuracy").click()
        page.get_by_role("searchbox", name="Find in Comparisons").fill("cnn succeeded")
        page.get_by_text("Columns").click()
        page.get_by_role("checkbox", name="Created").uncheck()
        page.wait_for_url("**/#/comparisons?sort=accuracy&find=cnn+succeeded&hide=created")
        expect(page.get_by_text("1 comparison")).to_be_visible()

        page.reload()

        expect(page.get_by_text("1 comparison")).to_be_visible()
        expect(page.get_by_role("columnheader", name="Created")).to_have_count(0)
        expect(page.get_by_role("columnheader", name="Test accuracy")).to_have_attribute(
            "aria-sort", "ascending"
        )


def test_the_keyboard_alone_reaches_the_content_and_every_page(busy_address, new_page):
    with new_page() as page:
        page.goto(busy_address)
        expect(page.get_by_role("heading", name="Home")).to_be_visible()
        page.keyboard.press("Tab")
        expect(page.get_by_text("Skip to the content")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()

        page.get_by_role("link", name="Playground").focus()
        page.keyboard.press("Enter")

        expect(page.get_by_role("heading", name="Playground")).to_be_visible()
        expect(page.locator("main")).to_be_focused()
        expect(page).to_have_title("Playground · Bakeoff")


@pytest.mark.parametrize("strips", [True, False], ids=["nginx strips", "service strips"])
def test_everything_works_below_a_path_of_a_proxy(strips, busy, new_page, tmp_path):
    path = "/lab/bakeoff"
    settings = Settings(**{**busy.settings.model_dump(), "root_path": path})
    with served(settings) as address:
        behind = address if strips else f"{address}{path}"
        with proxied(behind, path, tmp_path) as public, new_page() as page:
            page.goto(public)
            expect(page.get_by_text("leads with")).to_be_visible()
            assert page.url.startswith(public)

            page.get_by_role("link", name="Comparisons", exact=True).click()
            expect(page.get_by_role("heading", name="Comparisons")).to_be_visible()

            made = page.request.post(
                f"{public}/v1/comparisons", data={"dataset": "none", "architectures": ["cnn"]}
            )
            assert made.status == 422
            described = page.request.get(f"{public}/openapi.json").json()
            assert described["servers"] == [{"url": path}]


def test_the_search_of_the_header_finds_of_everything_and_leads_to_it(busy_address, new_page):
    with new_page() as page:
        page.goto(busy_address)
        box = page.get_by_role("searchbox", name="Search everything")
        box.fill("digits")
        box.press("Enter")
        expect(page.get_by_role("heading", name="Search: digits")).to_be_visible()
        for kind in ("Comparisons", "Models", "Datasets", "Jobs"):
            expect(page.get_by_role("heading", name=kind, exact=True)).to_be_visible()
        page.get_by_role("link", name="All that fit").last.click()
        expect(page.get_by_role("heading", name="Jobs")).to_be_visible()
        assert "search=digits" in page.url

        box.fill("baseline")  # a tag of a model
        box.press("Enter")
        expect(page.get_by_text("None.")).to_have_count(3)
        page.get_by_role("main").get_by_role("link", name="<img src=x").click()
        page.get_by_role("list", name="Tags").get_by_role("link", name="keep").click()
        expect(page.get_by_text("1 model", exact=True)).to_be_visible()
        expect(page.get_by_label("All tags")).to_have_value("keep")
