"""The largest batch whose latency is measured follows from the largest activation of one image."""

from typing import Any

import pytest

from tests.models.needing_numbers import need_numbers
from workers.latency.batch_size import largest_batch_size
from workers.storage.tables import Model
from workers.training.hardware.activations import MAX_LATENCY_BYTES

TIMM = "timm/test_resnet"


def model(architecture: str, **columns: Any) -> Model:
    return Model(
        architecture=architecture,
        options={},
        image_shape=[3, 64, 64],
        classes=["a", "b"],
        test_flips=columns.get("test_flips", False),
    )


def test_a_network_with_a_large_activation_takes_fewer_images() -> None:
    activation = 4 * 32 * 64 * 64  # bytes, behind the 32 filters of the first layer

    assert largest_batch_size(model("cnn"), 10**6) == MAX_LATENCY_BYTES // activation
    assert largest_batch_size(model("cnn"), 64) == 64


def test_images_that_are_mirrored_too_count_twice() -> None:
    plain, flipped = (model("cnn", test_flips=flips) for flips in (False, True))

    assert largest_batch_size(flipped, 10**6) == largest_batch_size(plain, 10**6) // 2


def test_a_network_that_needs_numbers_gets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = largest_batch_size(model(TIMM), 10**6)
    need_numbers(monkeypatch)

    assert largest_batch_size(model(TIMM), 10**6) == expected
