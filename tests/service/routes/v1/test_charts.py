"""Charts and reports over HTTP."""

import shutil

import pytest

from service.charts import charts

ROOT = "/v1/comparisons/latest"


def test_the_list_of_charts_is_that_of_the_registry(trained):
    listed = trained.http.get(f"{ROOT}/charts").json()

    assert [chart["name"] for chart in listed["items"]] == list(charts)
    assert all(chart["title"] and chart["description"] for chart in listed["items"])
    assert listed["next"] is None


@pytest.mark.parametrize("name", list(charts))
def test_every_chart_is_drawn_in_each_form(trained, name):
    png = trained.http.get(f"{ROOT}/charts/{name}.png")
    svg = trained.http.get(f"{ROOT}/charts/{name}.svg")
    numbers = trained.http.get(f"{ROOT}/charts/{name}.json")

    assert png.content.startswith(b"\x89PNG")
    assert png.headers["Content-Type"] == "image/png"
    assert b"<svg" in svg.content
    assert svg.headers["Content-Type"].startswith("image/svg+xml")
    assert numbers.json()


def test_a_chart_that_has_not_changed_is_not_sent_again(trained):
    first = trained.http.get(f"{ROOT}/charts/accuracy.png")
    again = trained.http.get(
        f"{ROOT}/charts/accuracy.png", headers={"If-None-Match": first.headers["ETag"]}
    )
    svg = trained.http.get(
        f"{ROOT}/charts/accuracy.svg", headers={"If-None-Match": first.headers["ETag"]}
    )

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert svg.status_code == 200


@pytest.mark.parametrize("what", ["charts/accuracy.png", "report.html", "report.md", "statistics"])
def test_what_was_drawn_is_kept_in_a_folder_that_may_be_deleted(trained, what):
    first = trained.http.get(f"{ROOT}/{what}")
    name = first.headers["ETag"].strip('"')
    assert (trained.settings.charts_folder / name).read_bytes() == first.content

    shutil.rmtree(trained.settings.charts_folder)
    again = trained.http.get(f"{ROOT}/{what}")
    assert (again.content, again.headers["ETag"]) == (first.content, first.headers["ETag"])
    seen = {"If-None-Match": first.headers["ETag"]}
    assert trained.http.get(f"{ROOT}/{what}", headers=seen).status_code == 304


@pytest.mark.parametrize("kind", ["jobs", "models"])
@pytest.mark.parametrize("name", list(charts))
def test_every_chart_is_drawn_of_a_single_job_and_model(trained, kind, name):
    listed = trained.http.get(f"/v1/{kind}/latest/charts").json()["items"]
    answer = trained.http.get(f"/v1/{kind}/latest/charts/{name}.json")

    assert name in [chart["name"] for chart in listed]
    assert answer.status_code == 200, answer.text
    assert answer.json()["panels"] or answer.json()["note"]


def test_each_theme_and_width_has_its_own_etag(trained):
    options = [{}, {"theme": "dark"}, {"width": 800}]
    answers = [trained.http.get(f"{ROOT}/charts/roc.png", params=chosen) for chosen in options]

    assert len({answer.headers["ETag"] for answer in answers}) == 3
    assert len({answer.content for answer in answers}) == 3


@pytest.mark.parametrize("options", [{"theme": "pink"}, {"width": 10}, {"width": 100000}])
def test_an_unknown_theme_or_width_is_refused(trained, options):
    answer = trained.http.get(f"{ROOT}/charts/roc.png", params=options)

    assert next(iter(options)) in trained.refused(answer, 422)


def test_a_job_that_trains_nothing_has_no_charts(service):
    job = service.http.post("/v1/datasets/digits/fetch").json()

    for what in ("charts", "charts/accuracy.png"):
        answer = service.http.get(f"/v1/jobs/{job['id']}/{what}")
        assert "only a training has charts" in service.refused(answer, 409)


def test_the_contact_sheet_shows_the_images_that_were_judged(trained):
    items = trained.http.get(f"{ROOT}/failures").json()["items"]
    sheet = trained.http.get(f"{ROOT}/charts/confidently_wrong.json").json()["panels"]

    for failures, panel in zip(items, sheet, strict=True):
        wrong = failures["confidently_wrong"]
        assert [image["index"] for image in wrong[:8]] == panel["series"][0]["x"]
        assert all(image["true"] != image["predicted"] for image in wrong)
        certain = [image["probability"] for image in wrong]
        assert certain == sorted(certain, reverse=True)
        assert all(pair["true"] != pair["predicted"] for pair in failures["confused"])
        assert failures["num_only_right"] >= len(failures["only_right"])


def test_an_unknown_chart_suggests_the_nearest(trained):
    answer = trained.http.get(f"{ROOT}/charts/acuracy.png")

    assert "did you mean 'accuracy'?" in trained.refused(answer, 404)


def test_an_unknown_form_of_a_chart_names_the_known(trained):
    sentence = trained.refused(trained.http.get(f"{ROOT}/charts/accuracy.gif"), 422)

    assert all(form in sentence for form in ("png", "svg", "json"))


@pytest.mark.parametrize("what", ["charts/accuracy.png", "report.html", "report.md"])
def test_before_the_first_result_there_is_nothing_to_draw(service, what):
    body = {"dataset": "digits", "architectures": ["cnn"], "seeds": 1}
    service.http.post("/v1/comparisons", json=body)

    assert "succeeded" in service.refused(service.http.get(f"{ROOT}/{what}"), 409)


def test_the_report_is_one_file_that_asks_for_nothing_else(trained):
    page = trained.http.get(f"{ROOT}/report.html")

    assert page.text.startswith("<!doctype html>")
    for outside in (
        'src="http',
        "src='http",
        '<link rel="stylesheet" href',
        "<script src",
        "@import",
    ):
        assert outside not in page.text


def test_the_report_is_there_as_markdown(trained):
    answer = trained.http.get(f"{ROOT}/report.md")

    assert answer.headers["Content-Type"].startswith("text/markdown")
    assert answer.text.startswith("# ")
    assert "cnn" in answer.text


def test_a_name_with_markup_stays_text_in_the_report(service):
    body = {
        "name": "<script>alert(1)</script>",
        "dataset": "digits",
        "architectures": [{"name": "cnn", "label": "<b>x</b> & $y$_{", "options": {}}],
        "recipe": {"epochs": 1},
        "seeds": 1,
    }
    service.http.post("/v1/comparisons", json=body)
    service.work()

    page = service.http.get(f"{ROOT}/report.html").text

    assert "<script>alert" not in page
    assert "<b>x</b>" not in page


def test_a_report_has_the_name_that_the_comparison_has_now(service):
    body = {"dataset": "digits", "architectures": ["cnn"], "recipe": {"epochs": 1}, "seeds": 1}
    service.http.post("/v1/comparisons", json=body)
    service.work()
    before = service.http.get(f"{ROOT}/report.md")

    service.http.patch(ROOT, json={"name": "Handwriting"})

    seen = {"If-None-Match": before.headers["ETag"]}
    assert service.http.get(f"{ROOT}/report.md", headers=seen).text.startswith("# Handwriting")
