"""Features are computed once, kept whole or not at all, and in as little memory as a batch takes."""

import dataclasses
import threading
from pathlib import Path

import pytest
import torch
from torch import Tensor

from tests.workers.features.backbones import (
    CPU,
    freeze,
    make_backbone,
    make_images,
    report_nothing,
    store_in,
)
from tests.workers.training.hardware.test_streaming import anonymous_bytes, mapped
from workers.datasets.image_dataset import ImageDataset, Split
from workers.features.computing import Computation, FeaturesError
from workers.features.extractors import Extractor, onnx_extractor, torch_extractor
from workers.features.store import Features


def all_images(images: ImageDataset) -> Tensor:
    return torch.cat([split.images for split in (images.train, images.validation, images.test)])


@pytest.mark.parametrize("channels", [1, 3])
def test_they_are_what_the_body_gives_in_the_order_of_the_images(
    tmp_path: Path, channels: int
) -> None:
    images = make_images(channels=channels)
    frozen = freeze(images)

    features = frozen.features(store_in(tmp_path))

    with torch.inference_mode():
        expected = frozen.backbone.features(all_images(images) / 255)
    assert features.values.shape == expected.shape
    assert features.description.num_images == len(expected)
    unit = float(expected.std())
    assert float((features.values - expected).abs().max()) < 0.01 * unit


@pytest.mark.usefixtures("_torch_alone")
def test_they_are_kept_and_found_again(tmp_path: Path) -> None:
    images, phases = make_images(), []
    first = freeze(images).features(store_in(tmp_path))
    frozen = dataclasses.replace(freeze(images), report=lambda *given: phases.append(given))

    again = frozen.features(store_in(tmp_path))

    assert phases == []
    assert torch.equal(again.values, first.values)
    assert again.description == first.description


@pytest.mark.usefixtures("_torch_alone")
def test_those_of_other_weights_resolution_or_images_are_others(tmp_path: Path) -> None:
    frozen = freeze(make_images())
    wanted = frozen.wanted
    frozen.features(store_in(tmp_path))

    others = [
        wanted._replace(weights=wanted.weights._replace(sha256="c" * 64)),
        wanted._replace(resolution=48),
        wanted._replace(scale=((0.5,) * 3, (0.25,) * 3)),
        wanted._replace(dataset=wanted.dataset._replace(sha256="d" * 64)),
        wanted._replace(architecture="timm/test_resnet"),
    ]

    assert len({each.key for each in [wanted, *others]}) == 6
    assert all(store_in(tmp_path).find(other) is None for other in others)


@pytest.mark.usefixtures("_torch_alone")
@pytest.mark.parametrize("suffix", ["safetensors", "json"])
@pytest.mark.parametrize("damage", ["changed", "cut off", "lost"])
def test_damage_is_noticed_and_healed(tmp_path: Path, suffix: str, damage: str) -> None:
    frozen, store = freeze(make_images()), store_in(tmp_path)
    frozen.features(store)
    [file] = (tmp_path / "artifacts" / "features").rglob(f"*.{suffix}")
    content = bytearray(file.read_bytes())
    file.unlink()
    if damage != "lost":
        content[-1] ^= 1
        file.write_bytes(content if damage == "changed" else content[:-1])

    assert store.find(frozen.wanted) is None
    assert frozen.features(store).values.isfinite().all()
    assert store.find(frozen.wanted)


@pytest.mark.usefixtures("_torch_alone")
def test_two_at_once_compute_them_once(tmp_path: Path) -> None:
    images, computed, found = make_images(), [], []

    def report(phase: str, done: int, total: int) -> None:
        if phase == "computing features" and done == total:
            computed.append(total)

    def get() -> None:
        frozen = dataclasses.replace(freeze(images), report=report)
        found.append(frozen.features(store_in(tmp_path)))

    threads = [threading.Thread(target=get) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    first, second = found
    assert len(computed) == 1
    assert first.description == second.description


@pytest.mark.usefixtures("_torch_alone")
def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    frozen, store = freeze(make_images()), store_in(tmp_path)
    left = tmp_path / "features" / f".{frozen.wanted.key}-killed"
    left.mkdir(parents=True)
    (left / "features.safetensors").write_bytes(b"half")

    frozen.features(store)

    assert not left.exists()
    assert [path.suffix for path in (tmp_path / "features").iterdir()] == [".lock"]


def test_every_engine_computes_the_same() -> None:
    backbone, images = make_backbone().eval(), all_images(make_images())
    reference = torch_extractor(backbone, CPU).extract(images)

    found = onnx_extractor(backbone, images).extract(images)

    assert found.dtype == reference.dtype == torch.float32
    assert float((found - reference).abs().max()) < 1e-3 * float(reference.std())


@pytest.mark.parametrize(
    ("factor", "dtype"), [(1.0, torch.float16), (1e6, torch.float32), (1e-6, torch.float32)]
)
def test_features_that_float16_does_not_hold_are_kept_in_float32(
    tmp_path: Path, factor: float, dtype: torch.dtype
) -> None:
    assert computed(tmp_path, lambda images: factor * images[:, :, 0, 0].float()).dtype == dtype


def test_a_number_too_large_for_float16_among_later_images_starts_again_in_float32(
    tmp_path: Path,
) -> None:
    def extract(images: Tensor) -> Tensor:
        values = images[:, :, 0, 0].float() + 1
        return values * (1e6 if len(images) < 32 else 1)  # the last batch has fewer images

    assert computed(tmp_path, extract).dtype == torch.float32


def test_features_that_are_no_numbers_fail_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FeaturesError, match="not finite"):
        computed(tmp_path, lambda images: torch.full((len(images), 4), float("nan")))


def computed(folder: Path, extract) -> Tensor:  # type: ignore[no-untyped-def]
    from safetensors.torch import load_file

    file = folder / "features.safetensors"
    extractor = Extractor("torch", extract)
    Computation(extractor, make_images(), 32, report_nothing).write(file)
    values: Tensor = load_file(file)["features"]
    return values


def test_images_larger_than_memory_is_to_be_are_streamed(tmp_path: Path) -> None:
    num_images, side = 3000, 160
    images = mapped(tmp_path / "images", (num_images, side, side, 3)).permute(0, 3, 1, 2)
    labels = torch.arange(num_images) % 2
    parts = (slice(0, 2800), slice(2800, 2900), slice(2900, None))
    splits = [Split(images[part], labels[part]) for part in parts]
    dataset = ImageDataset("sparse", ("a", "b"), "", *splits)
    extractor = Extractor("torch", lambda batch: batch[:, :, ::80, 0].flatten(1) + 1.0)
    before = anonymous_bytes()

    written = Computation(extractor, dataset, 32, report_nothing).write(tmp_path / "file")

    assert written.num_images == num_images
    assert dataset.num_bytes > 200 * 2**20
    assert anonymous_bytes() - before < 150 * 2**20  # the heap grows by 64 MiB at once


def test_the_description_says_how_they_were_computed(tmp_path: Path) -> None:
    features: Features = freeze(make_images()).features(store_in(tmp_path))
    description = features.description

    assert description.trials[0].largest_difference == 0  # torch is what others differ from
    fastest = max(description.trials, key=lambda trial: trial.images_per_second)
    assert description.engine == fastest.engine
    assert description.flops > 1e6
    assert {"torch", "timm", "onnxruntime", "python"} == set(description.versions)
    assert description.weights["sha256"] == "b" * 64
