"""One reader of .npy headers and one rule for the axis of channels, for uploads and predictions."""

import io

import numpy as np
import pytest

from workers.datasets.images.image_arrays import NpyHeaderError, is_channels_first, read_header


def npy(array: np.ndarray) -> bytes:
    written = io.BytesIO()
    np.save(written, array)
    return written.getvalue()


def test_the_header_is_read_up_to_the_first_number() -> None:
    array = np.asfortranarray(np.arange(24, dtype="<u2").reshape(2, 3, 4))
    file = io.BytesIO(npy(array))

    header = read_header(file)

    assert header == ((2, 3, 4), True, np.dtype("<u2"))
    assert np.frombuffer(file.read(), "<u2").tolist() == array.ravel(order="F").tolist()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"\x93NUMPY\x01\x00\x05\x00hello",
        npy(np.zeros((11, 22)))[:40],
        npy(np.zeros((11, 22))).replace(b"(11, 22)", b"(-1, -2)"),
        npy(np.zeros((11, 22))).replace(b"(11, 22)", b"'shapes'"),
    ],
)
def test_a_damaged_header_is_one_error(content: bytes) -> None:
    with pytest.raises(NpyHeaderError):
        read_header(io.BytesIO(content))


@pytest.mark.parametrize("shape", [(9, 3, 8, 8), (9, 1, 8, 8)])
def test_channels_are_first_where_the_last_axis_has_another_size(shape: tuple[int, ...]) -> None:
    assert is_channels_first(shape)


@pytest.mark.parametrize(
    "shape", [(9, 8, 8, 3), (9, 3, 8, 1), (9, 5, 8, 8), (9, 3, 8), (3,)], ids=str
)
def test_channels_are_not_first_where_they_are_last_or_there_are_none(
    shape: tuple[int, ...],
) -> None:
    assert not is_channels_first(shape)
