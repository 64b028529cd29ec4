"""The images of a dataset over HTTP, by page and one by one."""

import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

ROOT = "/v1/datasets/digits/images"


def pixels(png: bytes) -> Any:
    return np.asarray(Image.open(io.BytesIO(png)))


def test_an_image_of_its_own_is_that_of_the_list(trained: Any) -> None:
    listed = trained.http.get(f"{ROOT}?split=test&offset=3&limit=1").json()["items"][0]
    answer = trained.http.get(f"{ROOT}/test/{listed['index']}.png")

    assert answer.headers["Content-Type"] == "image/png"
    assert answer.content == base64.b64decode(listed["png"].partition(",")[2])
    assert pixels(answer.content).shape == (8, 8)


def test_an_image_is_asked_for_again_and_not_sent_again(trained: Any) -> None:
    answer = trained.http.get(f"{ROOT}/test/3.png")
    again = {"If-None-Match": answer.headers["ETag"]}

    assert answer.headers["Cache-Control"] == "no-cache"
    assert trained.http.get(f"{ROOT}/test/3.png", headers=again).status_code == 304
    assert trained.http.get(f"{ROOT}/test/4.png", headers=again).status_code == 200


def test_an_image_of_named_content_is_immutable(trained: Any) -> None:
    content = trained.http.get(ROOT).json()["content"]
    answer = trained.http.get(f"{ROOT}/train/0.png?content={content}")

    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"


def test_replaced_content_is_refused_and_an_address_without_it_shows_the_new(
    service: Any, npz: Any
) -> None:
    root = "/v1/datasets/mine/images"
    service.http.put("/v1/datasets/mine", content=npz(2))
    before = service.http.get(root).json()["content"]
    first = service.http.get(f"{root}/train/0.png")
    service.http.put("/v1/datasets/mine", content=npz(3))
    after = service.http.get(root).json()["content"]

    assert before != after
    detail = service.refused(service.http.get(f"{root}/train/0.png?content={before}"), 409)
    assert f"content={after}" in detail
    again = {"If-None-Match": first.headers["ETag"]}
    assert service.http.get(f"{root}/train/0.png", headers=again).status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("digits/images/test/100000.png", 404, "images, numbered from 0"),
        ("digits/images/tset/1.png", 422, "'train', 'validation' or 'test'"),
        ("digits/images/test/-1.png", 422, "index"),
        ("digit/images/test/1.png", 404, "digit"),
    ],
)
def test_what_is_not_there_is_refused(trained: Any, path: str, status: int, said: str) -> None:
    assert said in trained.refused(trained.http.get(f"/v1/datasets/{path}"), status)
