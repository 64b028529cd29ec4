"""Components and modules of the dashboard by themselves, loaded into a page of the service."""

import json

import pytest
from playwright.sync_api import expect

SHOW = """async ([file, name, props]) => {
  const { h, render } = await import("preact");
  const module = await import(`${document.baseURI.split("#")[0]}dashboard/${file}`);
  const main = document.getElementById("main");
  main.replaceChildren();
  render(h(module[name], props), main);
}"""
CURVES = [
    {"label": name, "index": index, "x": [1, 2, 3], "y": y, "low": low, "high": high}
    for index, (name, y, low, high) in enumerate(
        [
            ("fully_connected", [0.9, 0.5, 0.4], [0.8, 0.4, 0.3], [1.0, 0.6, 0.5]),
            ("cnn", [0.7, 0.3, 0.2], [0.6, 0.2, 0.1], [0.8, 0.4, 0.3]),
        ]
    )
]


@pytest.fixture
def page(new_page, busy_address):
    with new_page() as page:
        page.goto(f"{busy_address}/#/nothing")
        page.wait_for_selector("main h1")
        yield page


def call(page, file, name, *arguments):
    """What an exported function of a module returns."""
    expression = """async ([file, name, args]) =>
        (await import(`${document.baseURI.split("#")[0]}dashboard/${file}`))[name](...args)"""
    return page.evaluate(expression, [file, name, list(arguments)])


def show(page, file, name, **props):
    page.evaluate(SHOW, [file, name, props])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_chart_is_drawn_and_has_its_numbers_as_a_table(page, theme, screenshots):
    page.emulate_media(color_scheme=theme)
    show(
        page,
        "components/line_chart.js",
        "LineChart",
        title="Validation loss",
        xLabel="epoch",
        yLabel="loss",
        curves=CURVES,
    )

    expect(page.locator(".chart canvas")).to_be_visible()
    page.get_by_text("Numbers of “Validation loss”").click()
    expect(page.get_by_role("row", name="2 0.5 0.3")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="cnn")).to_have_attribute(
        "data-series", "2"
    )
    page.locator(".chart").screenshot(path=screenshots / f"chart-{theme}.png")


def test_samples_of_code_are_tabs_that_the_arrow_keys_change(page):
    show(
        page,
        "components/code.js",
        "Code",
        label="Request",
        samples={"curl": "curl …", "Python": "from bakeoff import Client"},
    )

    page.get_by_role("tab", name="curl").focus()
    page.keyboard.press("ArrowRight")

    expect(page.get_by_role("tab", name="Python")).to_be_focused()
    expect(page.get_by_role("tabpanel")).to_have_text("from bakeoff import Client")


def test_a_dialog_keeps_the_focus_and_has_its_title_as_name(page):
    show(page, "components/dialog.js", "Dialog", title="Sure?", children="It cannot be undone")

    expect(page.get_by_role("dialog", name="Sure?")).to_contain_text("It cannot be undone")


def test_a_picture_that_is_not_there_says_so_in_its_place(new_page, busy_address):
    with new_page(allowed=("status of 404",)) as page:
        page.goto(f"{busy_address}/#/nothing")
        page.wait_for_selector("main h1")
        show(page, "components/picture.js", "Picture", path="v1/nothing.png", alt="A digit")

        expect(page.get_by_role("img", name="A digit: there is nothing")).to_be_visible()


def test_a_picture_is_fetched_and_shown(page, busy):
    [comparison] = [
        found for found in busy.http.get("/v1/comparisons").json()["items"] if found["leader"]
    ]
    path = f"v1/comparisons/{comparison['id']}/charts/accuracy.png"
    show(page, "components/picture.js", "Picture", path=path, alt="Accuracies")

    picture = page.get_by_role("img", name="Accuracies", exact=True)
    expect(picture).to_be_visible(timeout=20_000)
    assert picture.get_attribute("src").startswith("blob:")


NUMBERS = [
    ("percent", [0.98172], "98.2 %"),
    ("percent", [None], "–"),
    ("spread", [0.8404, 0.0021], "84.0 ± 0.2 %"),
    ("points", [-0.0131], "−1.3"),
    ("number", [0.042191], "0.0422"),
    ("number", [0.00001234], "1.23e-5"),
    ("count", [60000], "60,000"),
    ("short", [1234567], "1.23 M"),
    ("bytes", [1500000], "1.50 MB"),
    ("duration", [0.0000271], "27 µs"),
    ("duration", [0.0042], "4.2 ms"),
    ("duration", [59.6], "60 s"),
    ("duration", [200], "3 min 20 s"),
    ("duration", [7260], "2 h 1 min"),
    ("duration", [200000], "2 d 7 h"),
    ("counted", [1, "class", "classes"], "1 class"),
    ("counted", [1200, "class", "classes"], "1,200 classes"),
]


def test_numbers_in_words(page):
    for name, arguments, words in NUMBERS:
        shown = call(page, "components/formats.js", name, *arguments)
        assert shown.replace("\u202f", " ") == words


def test_an_event_of_a_stream_is_read_as_the_standard_says(page):
    block = 'id: 7\nevent: epoch\ndata: {"epoch":\ndata: 3}'

    assert call(page, "api/events.js", "parseEvent", block) == {
        "event": "epoch",
        "id": "7",
        "data": {"epoch": 3},
    }
    assert call(page, "api/events.js", "parseEvent", ": still there") is None


def test_a_job_is_followed_to_its_end(page, busy):
    [job] = busy.http.get("/v1/jobs?status=succeeded&kind=train&limit=1").json()["items"]
    follow = """async (path) => {
        const { follow } = await import(`${document.baseURI.split("#")[0]}dashboard/api/events.js`);
        const events = [];
        await follow(path, (event) => events.push(event.event), { signal: new AbortController().signal });
        return events;
    }"""

    events = page.evaluate(follow, f"v1/jobs/{job['id']}/events")

    assert events == ["status", "status", "epoch", "epoch", "status"]


def test_what_a_body_says_is_written_as_python_writes_it(page):
    body = {"seeds": [0, 1], "augment": True, "name": None, "why": 'a "quote"'}

    written = call(page, "components/samples.js", "python", body)

    assert eval(written) == body  # noqa: S307 - a literal that the test has made
    assert json.dumps(body) != written
