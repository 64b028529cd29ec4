"""Files of weights: whole ones are taken, and whatever else comes in is one sentence."""

import contextlib
import json
import pickle
import struct
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import save

from workers.weights.errors import WeightsError
from workers.weights.safetensors_file import MAX_HEADER, check_file

WHOLE = save(
    {
        "stem.weight": torch.linspace(-1, 1, 24).reshape(2, 3, 4),
        "stem.half": torch.ones(3, dtype=torch.bfloat16),
        "stem.num_batches_tracked": torch.tensor(7),
        "stem.empty": torch.empty(0, 3),
    },
    {"license": "apache-2.0"},
)


def write(folder: Path, content: bytes) -> Path:
    path = folder / "file.safetensors"
    path.write_bytes(content)
    return path


def with_header(header: Any, data: bytes = bytes(8)) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def refusal(folder: Path, content: bytes) -> str:
    with pytest.raises(WeightsError) as refused:
        check_file(write(folder, content))
    return str(refused.value)


def test_a_whole_file_is_described(tmp_path: Path) -> None:
    assert check_file(write(tmp_path, WHOLE)) == (4, 24 + 3 + 1, "apache-2.0")


def test_a_licence_that_is_no_short_text_is_left_out(tmp_path: Path) -> None:
    tensors = {"a": torch.ones(1)}
    for licence in ("x" * 101, "a\0b", "<b>"):
        assert check_file(write(tmp_path, save(tensors, {"license": licence}))).licence is None


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_a_number_that_is_not_finite_is_named_with_its_tensor(
    tmp_path: Path, value: float, dtype: torch.dtype
) -> None:
    damaged = torch.zeros(5, dtype=dtype)
    damaged[3] = value

    assert "'head.bias' holds NaN or infinity" in refusal(tmp_path, save({"head.bias": damaged}))


def test_a_pickled_file_is_called_that_and_never_loaded(tmp_path: Path) -> None:
    marker = tmp_path / "ran"

    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (marker,)

    torch.save({"a": torch.ones(2)}, tmp_path / "new.pth")
    torch.save({"a": torch.ones(2)}, tmp_path / "old.pth", _use_new_zipfile_serialization=False)
    for content in (
        (tmp_path / "new.pth").read_bytes(),
        (tmp_path / "old.pth").read_bytes(),
        *(pickle.dumps({"a": Evil()}, protocol) for protocol in (2, 3, 4, 5)),
    ):
        sentence = refusal(tmp_path, content)
        assert "pickled" in sentence
        assert "safetensors.torch.save_file" in sentence
    assert not marker.exists()


def test_a_file_that_was_cut_off_or_goes_on_is_refused(tmp_path: Path) -> None:
    for length in (0, 4, 8, 20, len(WHOLE) - 100, len(WHOLE) - 1):
        assert refusal(tmp_path, WHOLE[:length])
    assert "it is cut off or damaged" in refusal(tmp_path, WHOLE[:-1])
    assert "it is cut off or damaged" in refusal(tmp_path, WHOLE + b"x")


def test_the_length_of_a_header_is_bounded_before_it_is_read(tmp_path: Path) -> None:
    for length in (0, MAX_HEADER + 1, 2**62, 2**64 - 1):
        content = struct.pack("<Q", length) + bytes(100)
        assert "does not begin as a safetensors file" in refusal(tmp_path, content)


def entry(**changed: Any) -> dict[str, Any]:
    return {"dtype": "F32", "shape": [2], "data_offsets": [0, 8], **changed}


@pytest.mark.parametrize(
    "header",
    [
        *(b"{", b"\xff\xfe", b"[]", b"null", b"7", b'"a"', b"[" * 100_000, b"9" * 5000),
        *({"a": value} for value in (None, 1, [], {}, "F32")),
        {},
        {"__metadata__": {"a": "b"}},
        {"__metadata__": {"a": 1}, "a": entry()},
        {"__metadata__": [], "a": entry()},
        {"a": entry(dtype="F8_E4M3")},
        {"a": entry(dtype=["F32"])},
        {"a": entry(shape=[-2])},
        {"a": entry(shape=[2.0])},
        {"a": entry(shape=[True, 2])},
        {"a": entry(shape=[2**40, 2**40])},
        {"a": entry(shape=[1] * 9)},
        {"a": entry(shape=[3])},
        {"a": entry(data_offsets=[8, 0])},
        {"a": entry(data_offsets=[0])},
        {"a": entry(data_offsets=[4, 12])},
        {"a": entry(data_offsets=[0, 10**30])},
        {"a": entry(more=1)},
        {"a": entry(), "b": entry()},
        {"a": entry(shape=[2**61], data_offsets=[0, 2**63])},
    ],
    ids=lambda header: str(header)[:60],
)
def test_a_header_that_is_none_or_contradicts_itself_is_refused(
    tmp_path: Path, header: Any
) -> None:
    assert refusal(tmp_path, with_header(header))


def test_more_tensors_than_any_network_has_are_refused(tmp_path: Path) -> None:
    header = {str(n): entry(shape=[0], data_offsets=[0, 0]) for n in range(20_001)}

    assert "20,001 tensors" in refusal(tmp_path, with_header(header, b""))


mutations = st.lists(
    st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=4
)


@given(mutations, st.integers(-40, 40))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_mutated_file_is_taken_or_refused_by_an_error_of_ours(
    tmp_path: Path, changes: list[tuple[int, int]], longer: int
) -> None:
    content = bytearray(WHOLE)
    for position, value in changes:
        content[position] = value
    mutated = bytes(content) + bytes(longer) if longer >= 0 else bytes(content[:longer])

    with contextlib.suppress(WeightsError):
        check_file(write(tmp_path, mutated))
