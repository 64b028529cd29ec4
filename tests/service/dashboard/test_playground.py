"""The playground: pictures come in by every way there is, and the answers are those of the API."""

import base64
import io
import math

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from service.security import key_cache
from tests.service.conftest import TINY, served, started
from tests.service.dashboard.browser import REFUSAL
from tests.service.dashboard.installation import copied
from tests.service.dashboard.pages import WIDTHS
from tests.service.dashboard.test_components import call
from tests.service.dashboard.test_pages import layouts
from tests.service.keys import bearer, make

#: A three, as two arcs from the top to the bottom of a square.
THREE = [
    [(0.5 + 0.22 * math.cos(turn), y + radius * math.sin(turn)) for turn in np.linspace(*turns, 12)]
    for y, radius, turns in ((0.3, 0.2, (-2.5, 1.5)), (0.7, 0.2, (-1.5, 2.5)))
]
PASTE = """([name, type, content]) => {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    const clipboard = new DataTransfer();
    if (name) clipboard.items.add(new File([bytes], name, { type }));
    document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: clipboard, bubbles: true }));
}"""

#: What the models get is inked in its first row, as soon as the look of the dataset is known.
IS_AT_THE_TOP = """document.querySelector(".pixels")?.getContext("2d").getImageData(0, 0, 8, 1).data
    .some((value, index) => index % 4 === 0 && value > 50)"""


def draw(page, strokes=THREE):
    box = page.get_by_role("img", name="Drawing area").bounding_box()
    for points in strokes:
        at = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
        page.mouse.move(*at[0])
        page.mouse.down()
        for x, y in at[1:]:
            page.mouse.move(x, y, steps=2)
        page.mouse.up()


def until(page, condition):
    """Wait for what no element tells, frame by frame."""
    for _ in range(1000):
        if page.evaluate(condition):
            return
        page.evaluate("new Promise(requestAnimationFrame)")
    raise AssertionError(condition)


def paste(page, content, name="image.png", kind="image/png"):
    page.evaluate(PASTE, [name, kind, base64.b64encode(content).decode()])


def settled(page):
    """Wait until every card has the answer to the newest picture."""
    expect(page.locator(".answer-label").first).to_be_visible()
    expect(page.locator(".answer[aria-busy=true]")).to_have_count(0)


def levels(content):
    return np.asarray(Image.open(io.BytesIO(content)).convert("L"), dtype=float)


def dataset_levels(service):
    items = service.http.get("/v1/datasets/digits/images?split=test&limit=100").json()["items"]
    return np.stack([levels(base64.b64decode(item["png"].split(",")[1])) for item in items])


def test_a_drawing_looks_like_the_dataset_and_the_models_answer_as_the_api_does(
    busy, busy_address, new_page
):
    with new_page() as page:
        sent = {}
        page.on("request", lambda request: sent.update({request.url: request}))
        page.goto(f"{busy_address}/#/playground")
        page.wait_for_selector(".thumbnail")
        draw(page)
        until(page, IS_AT_THE_TOP)
        settled(page)

        asked = {url: sent[url].post_data_buffer for url in sent if "/predictions" in url}
        assert len(asked) == page.locator(".answer").count() == 2
        for url, content in asked.items():
            looks_like_the_dataset(levels(content), busy)
            body = {"instances": [levels(content).tolist()]}
            shows(page, busy.http.post(url.removeprefix(busy_address), json=body).json())

        page.get_by_role("button", name="Why?").last.click()
        expect(page.get_by_role("img", name="HiResCAM for")).to_be_visible()
        page.get_by_label("Explain by").select_option("occlusion")
        expect(page.get_by_role("img", name="occlusion for")).to_be_visible()

        page.get_by_role("button", name="Clear").click()
        expect(page.get_by_text("Nothing to answer yet")).to_have_count(2)


def looks_like_the_dataset(pixels, service):
    assert pixels.shape == (8, 8)
    assert pixels[0].max() > 50, "it is as high as the digits of the dataset are"
    assert pixels[-1].max() > 50
    inked = dataset_levels(service).mean(axis=(1, 2))
    assert np.quantile(inked, 0.05) < pixels.mean() < np.quantile(inked, 0.95)


def shows(page, answer):
    """A card says what the API answered."""
    [prediction] = answer["predictions"]
    card = page.locator(".answer").filter(
        has=page.get_by_role("link", name=answer["architecture"], exact=True)
    )
    expect(card.locator(".answer-label")).to_have_text(prediction["label"])
    expect(card).to_contain_text("forward")
    for item, row in zip(prediction["top"], card.locator(".bars li").all(), strict=True):
        expect(row.locator("bdi")).to_have_text(item["label"])
        expect(row).to_contain_text(f"{100 * item['probability']:.1f}")


def test_a_test_image_is_chosen_with_the_keyboard_and_the_address_holds_the_view(
    busy, busy_address, new_page
):
    [image] = busy.http.get("/v1/datasets/digits/images?split=test&limit=1&offset=7").json()[
        "items"
    ]
    with new_page() as page:
        page.goto(f"{busy_address}/#/playground")
        page.get_by_role("button", name="Test image 7,").focus()
        page.keyboard.press("Enter")
        settled(page)
        expect(page.get_by_text(f"label {image['label']}")).to_be_visible()
        page.get_by_role("combobox", name="Classes").select_option("3")
        page.get_by_label("whenever I pause").check()
        page.get_by_text("2 models of 4").click()
        page.get_by_role("checkbox", name="cnn seed 0").set_checked(
            checked=not page.get_by_role("checkbox", name="cnn seed 0").is_checked()
        )
        overlays = page.locator(".overlay img")
        expect(overlays.first).to_be_visible()

        page.reload()
        settled(page)

        assert "image=7" in page.url
        assert "top_k=3" in page.url
        assert "models=" in page.url
        expect(page.locator(".bars").first.get_by_role("listitem")).to_have_count(3)
        expect(overlays.first).to_be_visible()
        expect(page.get_by_text(f"label {image['label']}")).to_be_visible()


def test_pictures_are_pasted_chosen_and_taken_by_the_camera_and_what_is_none_is_said(
    busy_address, new_page, png, tmp_path
):
    large = tmp_path / "large.png"
    with large.open("wb") as file:
        file.truncate(100 * 1024**2)
    with new_page(allowed=(REFUSAL,)) as page:
        page.goto(f"{busy_address}/#/playground?models=champion,latest")
        page.wait_for_selector(".thumbnail")

        paste(page, png(40, 30, "RGB"))
        settled(page)
        expect(page.get_by_text("resized from 40×30").first).to_be_visible()

        paste(page, b"\x89PNG broken", "broken.png")
        expect(page.get_by_role("alert").filter(has_text="the body")).to_have_count(1)
        paste(page, b"", "")
        expect(page.get_by_role("alert").filter(has_text="no image file")).to_be_visible()
        page.locator("input[type=file]").set_input_files(large)
        expect(page.get_by_role("alert").filter(has_text="has 100 MiB")).to_be_visible()

        page.get_by_role("button", name="Camera").click()
        settled(page)
        page.get_by_role("button", name="Keep this picture").click()
        expect(page.get_by_role("img", name="What the camera saw")).to_be_visible()
        settled(page)
        page.get_by_role("button", name="Draw instead").click()
        draw(page)
        settled(page)


def test_where_there_is_no_camera_the_page_says_so(busy_address, new_page):
    with new_page() as page:
        page.add_init_script("delete Navigator.prototype.mediaDevices")
        page.goto(f"{busy_address}/#/playground")
        page.get_by_role("button", name="Camera").click()

        expect(page.get_by_role("alert")).to_contain_text("no access to cameras")


@pytest.fixture
def own(trained, tmp_path):
    """A copy of the trained installation, to be changed."""
    yield from started(copied(trained, tmp_path / "data"))


def test_a_model_that_is_deleted_and_a_key_that_is_revoked_leave_a_sentence(
    own, new_page, monkeypatch
):
    monkeypatch.setattr(key_cache, "FRESH_SECONDS", 0)
    job = {"dataset": "digits", "architecture": "fully_connected", "recipe": TINY, "seed": 7}
    assert own.http.post("/v1/jobs", json=job).status_code == 202
    own.work()
    deleted = own.http.get("/v1/models/latest").json()["id"]
    revoked, other = make(own, "admin"), make(own, "admin")
    own.http.headers.update(bearer(other.key))
    with served(own.settings) as address, new_page(allowed=(REFUSAL,)) as page:
        page.add_init_script(f"sessionStorage.setItem('bakeoff-key', '{revoked.key}')")
        page.goto(f"{address}/#/playground?models={deleted},champion")
        page.wait_for_selector(".thumbnail")
        assert own.http.delete(f"/v1/models/{deleted}").status_code == 204

        draw(page)
        expect(page.locator(".answer-label")).to_have_count(1)
        expect(page.locator(".answer").get_by_role("alert")).to_contain_text("deleted")
        settled(page)

        path = f"{address}/v1/keys/{revoked.row.id}"
        assert page.request.delete(path, headers=bearer(other.key)).ok
        page.get_by_role("button", name="Test image 4,").click()
        page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("alert").filter(has_text="the API key").first).to_be_visible()
        expect(page.get_by_role("img", name="Drawing area")).to_be_visible()


def test_the_models_of_a_comparison_come_as_they_are_trained(own, new_page):
    body = {"dataset": "digits", "architectures": ["fully_connected"], "recipe": TINY, "seeds": 1}
    comparison = own.http.post("/v1/comparisons", json=body).json()["id"]
    with served(own.settings) as address, new_page() as page:
        page.goto(f"{address}/#/playground?comparison={comparison}")
        expect(page.get_by_text("No model of this comparison is trained yet")).to_be_visible()

        own.work()

        expect(page.locator(".answer")).to_have_count(1)
        expect(page.get_by_role("img", name="Drawing area")).to_be_visible()


def test_a_class_with_a_very_long_name_leaves_the_page_as_wide_as_it_is(busy_address, new_page):
    with new_page(width=390) as page:
        page.goto(f"{busy_address}/#/playground")
        page.wait_for_selector(".thumbnail")
        page.get_by_label("Class of the test images").evaluate(
            "choice => choice.append(new Option('long'.repeat(50)))"
        )

        assert layouts(page) == {width: [] for width in WIDTHS}


def test_a_busy_service_is_waited_for(busy_address, new_page):
    with new_page(allowed=(REFUSAL,)) as page:
        refused = []

        def refuse_once(route):
            if refused:
                return route.fallback()
            refused.append(route)
            headers = {"Retry-After": "1", "Content-Type": "application/problem+json"}
            return route.fulfill(status=429, headers=headers, body='{"detail": "busy"}')

        page.route("**/predictions*", refuse_once)
        page.goto(f"{busy_address}/#/playground?image=0")
        settled(page)

        assert refused
        expect(page.get_by_role("alert")).to_have_count(0)


VOTES = [("cnn", "3", 0.9), ("residual_cnn", "3", 0.99), ("fully_connected", "8", 0.5)]


def test_agreement_in_words(new_page, busy_address):
    votes = [{"name": name, "label": label, "probability": share} for name, label, share in VOTES]
    with new_page() as page:
        page.goto(f"{busy_address}/#/nothing")

        def words(*arguments):
            said = call(page, "pages/playground/agreement.js", "agreement", *arguments)
            return said.replace("\u202f", " ")

        assert words([]) == ""
        assert words(votes[:1]) == "cnn says 3, with 90.0 %."
        assert words(votes[:2], "3") == "Both models say 3, with 90 to 99 %. That is right."
        assert words(votes, "8") == "2 of 3 say 3; fully_connected 8. It is 8: 1 of 3 are right."
        assert words(votes[1:]) == (
            "The models disagree: residual_cnn says 3 and fully_connected says 8."
        )
