"""The Hugging Face hub, or a mirror of it, by its file API; only safetensors."""

import re
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from urllib.parse import quote

import httpx

from workers.datasets.errors import SourceError
from workers.datasets.sources.download import stream
from workers.weights.registration import sha256_of
from workers.weights.sources import WeightsSource
from workers.weights.wanted import MAIN, WantedWeights

FILE = "model.safetensors"
MAX_BYTES = 8 * 1024**3  # the largest classifiers of timm have 4
#: The headers in which the hub has the SHA-256 of a file; of a small one ETag is another digest.
DIGESTS = ("X-Linked-Etag", "ETag")
SHA256 = re.compile(r'"?([0-9a-f]{64})"?')
REASONS = {
    401: "there is no such repository, or it is not public",
    403: "the repository is not public",
    404: f"the repository has no {FILE}, or there is none",
}


def list_sources(endpoint: str, wanted: WantedWeights) -> list[WeightsSource]:
    """The repository at `endpoint`, where one is known."""
    if wanted.repo is None:
        return []
    path = f"{quote(wanted.repo)}/resolve/{quote(wanted.revision, safe='')}/{FILE}"
    name, at = wanted.repo.rpartition("/")[2].lower(), ""
    if wanted.revision != MAIN:
        name, at = f"{name}.{wanted.revision.lower()}", f" at {wanted.revision}"
    return [
        WeightsSource(
            f"the hub's repository {wanted.repo}{at}",
            partial(_fetch, f"{endpoint.rstrip('/')}/{path}"),
            kept_as=name,
            licence=wanted.licence,
        )
    ]


def _fetch(url: str, folder: Path) -> Path:
    file = folder / FILE
    try:
        answers = stream(url, file, max_bytes=MAX_BYTES)
    except httpx.HTTPStatusError as error:
        status = error.response.status_code
        raise SourceError(REASONS.get(status, f"it answers {status}")) from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SourceError(f"it cannot be reached: {str(error) or type(error).__name__}") from None
    expected = _expected_sha256(answers)
    if expected not in {None, sha256_of(file)}:
        raise SourceError("what arrived is damaged: its SHA-256 is not what the hub says")
    return file


def _expected_sha256(answers: Iterable[httpx.Headers]) -> str | None:
    """The digest that the hub, or the store it redirects to, says of the file."""
    texts = [headers.get(name, "") for headers in answers for name in DIGESTS]
    found = [match[1] for match in map(SHA256.fullmatch, texts) if match]
    return found[0] if found else None
