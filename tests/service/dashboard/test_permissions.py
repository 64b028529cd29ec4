"""What a key may not do is said before it is tried; a key that is revoked leaves a sentence."""

import pytest
from playwright.sync_api import expect

from service.security import key_cache
from tests.service.conftest import served, started
from tests.service.dashboard.browser import REFUSAL
from tests.service.dashboard.installation import copied, make_busy, move_on
from tests.service.keys import bearer, make


@pytest.fixture
def own(trained, tmp_path, monkeypatch):
    """A copy of the trained installation, in which a revoked key is refused at once."""
    monkeypatch.setattr(key_cache, "FRESH_SECONDS", 0)
    yield from started(copied(trained, tmp_path / "data"))


def test_what_a_key_may_not_do_is_disabled_and_says_why(own, new_page):
    latest = own.http.get("/v1/comparisons/latest").json()["id"]
    reader = make(own, "read", "predict")
    with served(own.settings) as address, new_page() as page:
        page.add_init_script(f"sessionStorage.setItem('bakeoff-key', '{reader.key}')")
        page.goto(f"{address}/#/comparisons/{latest}")
        page.get_by_text("somebody").click()
        expect(page.locator(".key-scopes [data-may=false]")).to_have_text(
            ["start, change and delete", "manage keys"]
        )
        page.get_by_text("More", exact=True).click()
        delete = page.get_by_role("button", name="Delete")
        expect(delete).to_be_disabled()
        expect(delete).to_have_accessible_description(
            "the key “somebody” may only read and predict; this needs the scope “train”"
        )

        page.goto(f"{address}/#/comparisons/new?dataset=digits")
        page.get_by_role("button", name="Add: cnn", exact=True).click()
        cost = page.get_by_role("complementary", name="Cost and start")
        expect(cost).to_contain_text("may only read and predict")
        expect(cost).to_contain_text("for 3 trainings")
        expect(page.get_by_role("button", name="Start the comparison")).to_be_disabled()

        page.goto(f"{address}/#/datasets")
        expect(page.get_by_text("may only read and predict")).to_be_visible()
        expect(page.get_by_label("Choose a file")).to_have_count(0)


def test_what_happens_is_followed_with_a_key_that_is_given_late(own, new_page):
    make_busy(own)
    key = make(own, "admin")
    with served(own.settings) as address, new_page(allowed=(REFUSAL,)) as page:
        page.goto(address)
        dialog = page.get_by_role("dialog", name="API key")
        dialog.get_by_role("button", name="Cancel").click()
        page.get_by_role("button", name="Enter a key").click()
        dialog.get_by_label("Key").fill(key.key)
        dialog.get_by_role("button", name="Use key").click()
        expect(page.get_by_text("epoch 15 of 30")).to_be_visible()

        move_on(own, epoch=21)

        expect(page.get_by_text("epoch 21 of 30").first).to_be_visible()


def test_a_key_that_is_revoked_leaves_the_page_with_a_sentence_until_another_is_given(
    own, new_page
):
    revoked, other = make(own, "admin"), make(own, "admin")
    with served(own.settings) as address, new_page(allowed=(REFUSAL,)) as page:
        page.add_init_script(
            f"sessionStorage['bakeoff-key'] ??= '{revoked.key}'"  # not again when it is reloaded
        )
        page.goto(address)
        expect(page.get_by_text("leads with")).to_be_visible()
        path = f"{address}/v1/keys/{revoked.row.id}"
        assert page.request.delete(path, headers=bearer(other.key)).ok

        page.get_by_role("link", name="Models", exact=True).click()
        dialog = page.get_by_role("dialog", name="API key")
        expect(dialog).to_contain_text("the API key")
        dialog.get_by_role("button", name="Cancel").click()
        expect(page.get_by_text("What the page shows may be old")).to_be_visible()
        page.get_by_role("button", name="Enter a key").click()
        dialog.get_by_label("Key").fill(other.key)
        dialog.get_by_role("button", name="Use key").click()

        expect(page.get_by_text("What the page shows may be old")).to_be_hidden()
        expect(page.get_by_text("4 models")).to_be_visible()
