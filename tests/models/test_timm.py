"""The networks of timm: named, refused with a reason, and built with the options that they have."""

import inspect
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from models import Bounds, ImageShape, UnfitNetworkError, UnknownNameError, architectures
from models._pretrained_options import OPTIONS
from models._timm import DROP_OPTIONS
from models._timm_table import PREFIX, RECOMMENDED, TABLE, NotAClassifierError, networks

RGB = ImageShape(3, 64, 64)
#: Of each family a small network, most of them from timm's own tests.
FAMILIES = [
    "test_resnet",
    "test_efficientnet",
    "mobilenetv3_small_050",
    "test_vit",
    "test_convnext",
    "test_byobnet",
    "regnetx_002",
    "densenet121",
    "levit_128s",
]
every_family = pytest.mark.parametrize("name", [f"timm/{name}" for name in FAMILIES])


def build(name: str, shape: ImageShape, num_classes: int = 7, **options: Any) -> nn.Module:
    torch.manual_seed(0)
    return architectures[name](shape, num_classes, **options)


@every_family
@pytest.mark.parametrize("channels", [1, 3])
def test_images_of_any_number_of_channels_become_one_logit_for_each_class(
    name: str, channels: int
) -> None:
    shape = RGB._replace(channels=channels)

    logits = build(name, shape)(torch.rand(2, *shape))

    assert logits.shape == (2, 7)
    assert torch.isfinite(logits).all()


@every_family
def test_a_step_of_training_lowers_the_loss(name: str) -> None:
    network = build(name, RGB)
    images, labels = torch.rand(4, *RGB), torch.arange(4)
    optimizer = torch.optim.SGD(network.parameters(), 0.01)
    before = nn.functional.cross_entropy(network(images), labels)
    before.backward()
    optimizer.step()

    assert nn.functional.cross_entropy(network(images), labels) < before


@every_family
def test_the_same_seed_builds_the_same_network(name: str) -> None:
    first, again = (build(name, RGB).state_dict() for _ in range(2))

    assert all(torch.equal(first[key], again[key]) for key in first)


@every_family
def test_every_option_is_described_and_off_by_default(name: str) -> None:
    function = architectures[name]
    options = list(inspect.signature(function).parameters.values())[2:]

    for option in options:
        assert option.kind is inspect.Parameter.KEYWORD_ONLY
        [bounds] = option.annotation.__metadata__
        assert isinstance(bounds, Bounds)
        if option.name in DROP_OPTIONS:
            assert option.default == 0.0
            assert (bounds.low, bounds.high) == (0, 0.9)
        else:  # networks had been stored before there were these
            assert option.default == OPTIONS[option.name][1]
            assert bounds.omitted_at_default


def test_an_option_changes_the_network() -> None:
    plain = build("timm/test_resnet", RGB)
    dropped = build("timm/test_resnet", RGB, drop_rate=0.5, drop_path_rate=0.25)
    images = torch.rand(8, *RGB)

    assert torch.equal(plain.train()(images), plain.train()(images))
    assert not torch.equal(dropped.train()(images), dropped.train()(images))


def test_a_network_has_only_the_options_that_change_it() -> None:
    with pytest.raises(UnfitNetworkError, match="drop_path_rate"):
        architectures["timm/densenet121"](RGB, 7, drop_path_rate=0.5)

    assert "drop_path_rate" not in inspect.signature(architectures["timm/densenet121"]).parameters


def test_they_are_known_but_not_iterated_over() -> None:
    assert "timm/resnet50" in architectures
    assert "timm/resnet49" not in architectures
    assert not [name for name in architectures if name.startswith(PREFIX)]
    assert len(architectures) == len(list(architectures))


@pytest.mark.parametrize(
    ("name", "suggested"),
    [
        ("timm/resnet51", "timm/resnet5"),
        ("timm/resnet50.a1_in1k", "timm/resnet50"),
        ("timm/efficientnetlite0", "timm/efficientnet_lite0"),
        ("resnet50", "timm/resnet50"),
    ],
)
def test_a_name_that_timm_lacks_suggests_the_nearest(name: str, suggested: str) -> None:
    with pytest.raises(UnknownNameError, match=f"did you mean '{suggested}"):
        architectures[name]


def test_a_name_like_no_other_lists_some_that_are_known() -> None:
    with pytest.raises(UnknownNameError, match=r"known are: timm/efficientnet_lite0, .*, …$"):
        architectures["timm/####"]


def test_a_network_that_gives_no_logits_says_so() -> None:
    with pytest.raises(NotAClassifierError, match="does not classify"):
        architectures["timm/mobilenetv5_300m_enc"]


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("timm/inception_v3", ImageShape(3, 8, 8)),
        ("timm/test_vit", ImageShape(3, 4, 4)),
    ],
)
def test_images_that_a_network_does_not_take_are_named_with_the_reason(
    name: str, shape: ImageShape
) -> None:
    for device in ("cpu", "meta"):
        with pytest.raises(UnfitNetworkError) as refused, torch.device(device):
            architectures[name](shape, 10)

        sentence = str(refused.value)
        assert sentence.startswith(
            f"'{name}' does not take images of {shape.width} × {shape.height} pixels"
        )
        assert "\n" not in sentence


def test_the_catalogue_has_ours_first_then_the_recommended_ones_then_the_rest() -> None:
    names = list(architectures.catalogue)
    ours, recommended = list(architectures), [PREFIX + name for name in RECOMMENDED]

    assert names[: len(ours) + len(recommended)] == ours + recommended
    assert len(names) == len(set(names)) == len(ours) + len(networks())
    assert len(names) > 1000
    for name in recommended:
        assert architectures.description(name).startswith(RECOMMENDED[name.removeprefix(PREFIX)])
    assert max(map(len, names)) <= 60  # what charts have room for


def test_the_catalogue_counts_the_parameters_of_the_network_that_is_built() -> None:
    for name in ("cnn", "timm/resnet18", "timm/test_vit"):
        entry = architectures.catalogue[name]
        with torch.device("meta"):
            network = architectures[name](entry.image_shape, 10)

        assert sum(each.numel() for each in network.parameters()) == entry.num_parameters


def test_the_table_is_of_the_version_that_is_installed_and_pinned() -> None:
    import timm

    named = {line.partition(",")[0] for line in TABLE.read_text().splitlines()[1:]}
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]

    assert named == set(timm.list_models()), "run `make timm-table`"
    assert f"timm=={timm.__version__}" in project["optional-dependencies"]["server"]


def test_the_catalogue_is_read_without_importing_timm() -> None:
    script = (
        "import sys; sys.modules['timm'] = None; from models import architectures;"
        "assert len(architectures.catalogue) > 1000; architectures.description('timm/resnet50')"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)

    assert ended.returncode == 0, ended.stderr
