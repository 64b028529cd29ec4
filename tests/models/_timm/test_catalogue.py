"""The catalogue of timm's networks: what there is, under which name, and read without timm."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import torch

from models import UnknownNameError, architectures
from models._timm.catalogue import PREFIX, RECOMMENDED, TABLE, NotAClassifierError, networks


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
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())["project"]

    assert named == set(timm.list_models()), "run `make timm-table`"
    assert f"timm=={timm.__version__}" in project["optional-dependencies"]["server"]


def test_the_catalogue_is_read_without_importing_timm() -> None:
    script = (
        "import sys; sys.modules['timm'] = None; from models import architectures;"
        "assert len(architectures.catalogue) > 1000; architectures.description('timm/resnet50')"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)

    assert ended.returncode == 0, ended.stderr
