"""Images and archives that are almost right: refused or taken, and never an error of ours."""

import io
import json
import random
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

TRIES = 60


def damaged(whole: bytes, chance: random.Random) -> bytes:
    """The same file with bytes flipped, removed, doubled, or its end missing."""
    content = bytearray(whole)
    for _ in range(chance.choice([1, 1, 2, 8])):
        at = chance.randrange(len(content))
        match chance.choice(["flipped", "cut", "doubled", "zeroed", "grown"]):
            case "flipped":
                content[at] ^= 1 << chance.randrange(8)
            case "cut":
                del content[at : at + chance.choice([1, 4, 10_000_000])]
            case "doubled":
                content[at:at] = content[at : at + 64]
            case "zeroed":
                content[at : at + 4] = bytes(4)
            case _:
                content[at : at + 4] = b"\xff\xff\xff\x7f"
        if not content:
            break
    return bytes(content)


def zipped(png: Callable[..., bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for split, count in (("train", 20), ("test", 4)):
            for label in ("cat", "dog"):
                for number in range(count):
                    archive.writestr(f"{split}/{label}/{number}.png", png())
    return written.getvalue()


def refused_or_taken(answer: Any) -> bool:
    kind = answer.headers.get("Content-Type", "")
    return answer.status_code < 300 or (
        400 <= answer.status_code < 500 and kind == "application/problem+json"
    )


@pytest.mark.parametrize("kind", ["zip", "npz"])
def test_a_damaged_archive_is_refused_or_taken(
    service: Any, png: Callable[..., bytes], npz: Callable[..., bytes], kind: str
) -> None:
    chance = random.Random(kind)  # noqa: S311 - to be repeatable
    whole = zipped(png) if kind == "zip" else npz()
    statuses = set()
    for _ in range(TRIES):
        body = damaged(whole, chance)
        answer = service.http.put("/v1/datasets/damaged", content=body)
        assert refused_or_taken(answer), (answer.status_code, answer.text, body)
        statuses.add(answer.status_code)

    assert 422 in statuses


@pytest.mark.parametrize("file_format", ["PNG", "JPEG"])
def test_a_damaged_image_is_refused_or_classified(
    trained: Any, png: Callable[..., bytes], file_format: str
) -> None:
    chance = random.Random(file_format)  # noqa: S311 - to be repeatable
    whole = png(file_format=file_format)
    statuses = set()
    for _ in range(TRIES * 4):
        body = damaged(whole, chance)
        answer = trained.http.post(
            "/v1/models/latest/predictions",
            content=body,
            headers={"Content-Type": f"image/{file_format.lower()}"},
        )
        assert refused_or_taken(answer), (answer.status_code, answer.text, body)
        statuses.add(answer.status_code)

    assert 422 in statuses


NUMBERS = st.sampled_from(["UINT8", "FP16", "FP32", "FP64", "INT64", "BOOL", "BYTES", "", "float"])
SIZES = st.one_of(st.sampled_from([0, 1, 2, 64, 256, -1, 2**31, 2**63]), st.integers(0, 300))


@st.composite
def binary_requests(draw: st.DrawFn) -> tuple[bytes, dict[str, str]]:
    """A request of the Open Inference Protocol with a binary tensor, right or almost so."""
    kind, shape = draw(NUMBERS), draw(st.lists(SIZES, max_size=5))
    rest = draw(st.one_of(st.just(bytes(64)), st.binary(max_size=300)))
    if draw(st.booleans()):
        kind, shape, rest = "UINT8", [1, 1, 8, 8], bytes(64)
    if kind == "BYTES" and draw(st.booleans()):
        shape, rest = [1], struct.pack("<I", draw(st.sampled_from([64, 0, 2**32 - 1]))) + rest
    size = draw(st.one_of(st.just(len(rest)), SIZES, st.none(), st.text(max_size=3)))
    tensor = {"name": "images", "datatype": kind, "shape": shape}
    document = {"inputs": [{**tensor, "parameters": {"binary_data_size": size}}]}
    head = json.dumps(document).encode()
    length = draw(st.one_of(st.just(len(head)), st.integers(0, len(head) + 100)))
    cut = draw(st.sampled_from([0, 0, 0, 1, 40]))
    body = (head + rest)[: len(head) + len(rest) - cut]
    if draw(st.booleans()):
        body = damaged(body, random.Random(draw(st.integers(0, 2**32))))  # noqa: S311 - repeatable
    encoding = draw(st.sampled_from(["", "", "", "gzip", "deflate"]))  # which the body is not
    return body, {"Inference-Header-Content-Length": str(length), "Content-Encoding": encoding}


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(request=binary_requests())
def test_a_damaged_binary_tensor_is_refused_or_classified(
    trained: Any, request: tuple[bytes, dict[str, str]]
) -> None:
    body, headers = request

    answer = trained.http.post("/v2/models/latest/infer", content=body, headers=headers)

    assert refused_or_taken(answer), (answer.status_code, answer.text)
