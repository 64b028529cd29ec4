"""Images and archives that are almost right: refused or taken, and never an error of ours."""

import io
import random
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

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
            for one in ("cat", "dog"):
                for number in range(count):
                    archive.writestr(f"{split}/{one}/{number}.png", png())
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
