"""The hub's file API: redirects, files that come in parts, and every way in which it refuses."""

from pathlib import Path

import pytest
from safetensors.torch import save
from torch import arange

from tests.workers.weights.hub_server import HubServer, sha256
from workers.datasets.errors import SourceError
from workers.datasets.sources import download
from workers.datasets.sources.download import stream
from workers.weights.sources import hub as hub_source
from workers.weights.wanted import WantedWeights

REPO = "timm/tiny.a1_in1k"
CONTENT = save({"layer.weight": arange(100_000).float()})


def fetch(hub: HubServer, folder: Path, revision: str = "main") -> bytes:
    wanted = WantedWeights("timm/tiny", asked=True, repo=REPO, revision=revision)
    [source] = hub_source.list_sources(f"{hub.url}/", wanted)
    return source.fetch(folder).read_bytes()


@pytest.fixture
def tiny(hub: HubServer) -> HubServer:
    hub.files[REPO, "main"] = CONTENT
    return hub


def test_a_file_is_fetched_by_way_of_a_redirect(tiny: HubServer, tmp_path: Path) -> None:
    assert fetch(tiny, tmp_path) == CONTENT
    assert tiny.received == [
        ("/timm/tiny.a1_in1k/resolve/main/model.safetensors", None),
        (f"/store/{sha256(CONTENT)}", None),
    ]


def test_another_revision_is_another_address_and_name(hub: HubServer, tmp_path: Path) -> None:
    hub.files[REPO, "v1.0"] = CONTENT
    wanted = WantedWeights("timm/tiny", asked=True, repo=REPO, revision="v1.0")

    [source] = hub_source.list_sources(hub.url, wanted)

    assert fetch(hub, tmp_path, "v1.0") == CONTENT
    assert source.kept_as == "tiny.a1_in1k.v1.0"
    assert source.name == "the hub's repository timm/tiny.a1_in1k at v1.0"


def test_a_connection_that_breaks_goes_on_where_it_broke(tiny: HubServer, tmp_path: Path) -> None:
    tiny.cuts = [150_000, 100_000]

    assert fetch(tiny, tmp_path) == CONTENT
    ranges = [asked for path, asked in tiny.received if path.startswith("/store/")]
    assert ranges == [None, "bytes=150000-", "bytes=250000-"]


def test_a_server_that_knows_no_ranges_sends_all_of_it_again(
    tiny: HubServer, tmp_path: Path
) -> None:
    tiny.cuts, tiny.knows_ranges = [150_000], False

    assert fetch(tiny, tmp_path) == CONTENT


def test_a_connection_that_always_breaks_is_given_up(tiny: HubServer, tmp_path: Path) -> None:
    tiny.cuts = [10] * 100

    with pytest.raises(SourceError, match="it cannot be reached: "):
        fetch(tiny, tmp_path)
    assert len(tiny.received) == 2 * download.ATTEMPTS


def test_a_file_with_another_sha256_than_the_hub_says_is_refused(
    tiny: HubServer, tmp_path: Path
) -> None:
    tiny.digests[REPO] = "0" * 64

    with pytest.raises(SourceError, match="its SHA-256 is not what the hub says"):
        fetch(tiny, tmp_path)


def test_what_is_private_or_missing_is_told_apart(hub: HubServer, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"the repository has no model\.safetensors"):
        fetch(hub, tmp_path)
    hub.private.add(REPO)
    with pytest.raises(SourceError, match="there is no such repository, or it is not public"):
        fetch(hub, tmp_path)


def test_a_file_over_the_limit_is_not_taken(
    tiny: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_source, "MAX_BYTES", 1000)

    with pytest.raises(SourceError, match="it is larger than the 1,000 bytes accepted"):
        fetch(tiny, tmp_path)


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:9", "ftp://x", "nothing", "http://[", ""])
def test_an_address_that_cannot_be_reached_is_a_reason(endpoint: str, tmp_path: Path) -> None:
    wanted = WantedWeights("timm/tiny", asked=True, repo=REPO)
    [source] = hub_source.list_sources(endpoint, wanted)

    with pytest.raises(SourceError, match="it cannot be reached: "):
        source.fetch(tmp_path)


def test_an_architecture_without_a_repository_has_no_source_on_the_hub() -> None:
    assert hub_source.list_sources("http://x", WantedWeights("cnn", asked=True)) == []


def test_every_answer_on_the_way_is_returned_with_its_headers(
    tiny: HubServer, tmp_path: Path
) -> None:
    url = f"{tiny.url}/{REPO}/resolve/main/model.safetensors"

    redirect, answer = stream(url, tmp_path / "file")

    assert redirect["X-Linked-Etag"] == f'"{sha256(CONTENT)}"'
    assert answer["Content-Length"] == str(len(CONTENT))
