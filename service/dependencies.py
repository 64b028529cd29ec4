"""What endpoints depend on: settings, a session that is one transaction, an idempotency key, results."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Path, Query, Request
from pydantic import BaseModel
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from service.analysis.results import ComparisonResults
from service.live.feed import Feed
from service.requests.fields import Name
from service.requests.labels import Tag
from service.results.comparisons import ResultsReader
from workers.datasets.stored.store import DatasetStore
from workers.queue import idempotency
from workers.settings import Settings
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import transaction, utc_now
from workers.weights.store import WeightsStore

NAME_PATTERN = r"^[A-Za-z0-9_.-]{1,64}$"  # of ids and aliases


def _settings(request: Request) -> Settings:
    found: Settings = request.app.state.settings
    return found


def _database(request: Request) -> Engine:
    found: Engine = request.app.state.database
    return found


def _artifacts(request: Request) -> ArtifactStore:
    found: ArtifactStore = request.app.state.artifacts
    return found


def _datasets(request: Request) -> DatasetStore:
    found: DatasetStore = request.app.state.datasets
    return found


def _weights(request: Request) -> WeightsStore:
    found: WeightsStore = request.app.state.weights
    return found


def _feed(request: Request) -> Feed:
    found: Feed = request.app.state.feed
    return found


CurrentSettings = Annotated[Settings, Depends(_settings)]
Database = Annotated[Engine, Depends(_database)]
Artifacts = Annotated[ArtifactStore, Depends(_artifacts)]
Datasets = Annotated[DatasetStore, Depends(_datasets)]
Weights = Annotated[WeightsStore, Depends(_weights)]
CurrentFeed = Annotated[Feed, Depends(_feed)]


def _read_session(database: Database) -> Iterator[Session]:
    with transaction(database, read_only=True) as session:
        yield session


def _write_session(database: Database) -> Iterator[Session]:
    with transaction(database) as session:
        yield session


# scope="function": committed before the response leaves. By default FastAPI would commit after it,
# and a client could hold a 202 for a row that is not there.
ReadSession = Annotated[Session, Depends(_read_session, scope="function")]
WriteSession = Annotated[Session, Depends(_write_session, scope="function")]

Limit = Annotated[int, Query(ge=1, le=200, description="most items of one page")]
Cursor = Annotated[str | None, Query(max_length=200, description="`next` of the page before")]
Id = Annotated[
    str,
    Path(
        pattern=NAME_PATTERN,
        description="an id, or `latest`",
        examples=["latest"],
    ),
]


@dataclass(frozen=True)
class LabelFilters:
    """Which rows of a list are wanted, by what is written on them."""

    search: Annotated[
        Name | None,
        Query(
            description="text in name, note, tags, dataset or architecture, or the id begins with"
        ),
    ] = None
    tag: Annotated[Tag | None, Query(description="that they have")] = None


ByLabel = Annotated[LabelFilters, Depends()]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=255,
        description="repeat a request with the same key, and it is done once",
    ),
]


class Idempotency:
    """Makes a POST with an Idempotency-Key take effect once, however often it is sent."""

    def __init__(self, request: Request, session: WriteSession, key: Key = None) -> None:
        self._session, self._key, self._path = session, key, request.url.path

    def recall(self, body: BaseModel) -> str | None:
        """The id of what the same request made before; None where it has made nothing."""
        if self._key is None:
            return None
        return idempotency.recall(self._session, self._key, self._fingerprint(body))

    def remember(self, body: BaseModel, resource_id: str) -> None:
        """Note what this request made."""
        if self._key is not None:
            fingerprint = self._fingerprint(body)
            idempotency.remember(self._session, self._key, fingerprint, resource_id, now=utc_now())

    def _fingerprint(self, body: BaseModel) -> str:
        text = f"{self._path}\n{body.model_dump_json()}"
        return hashlib.sha256(text.encode()).hexdigest()


Idempotent = Annotated[Idempotency, Depends(scope="function")]


def _reader(session: ReadSession, artifacts: Artifacts, datasets: Datasets) -> ResultsReader:
    return ResultsReader(session, artifacts, datasets)


Reader = Annotated[ResultsReader, Depends(_reader)]


def _writing_reader(
    session: WriteSession, artifacts: Artifacts, datasets: Datasets
) -> ResultsReader:
    return ResultsReader(session, artifacts, datasets)


#: Reads in the transaction that a request writes in.
WritingReader = Annotated[ResultsReader, Depends(_writing_reader)]


def _comparison_results(reader: Reader, comparison_id: Id) -> ComparisonResults:
    return reader.comparison(comparison_id)


def _job_results(reader: Reader, job_id: Id) -> ComparisonResults:
    return reader.job(job_id)


def _model_results(reader: Reader, model_id: Id) -> ComparisonResults:
    return reader.model(model_id)


#: The results of the comparison, the job or the model that the address names.
Results = Annotated[ComparisonResults, Depends(_comparison_results)]
JobResults = Annotated[ComparisonResults, Depends(_job_results)]
ModelResults = Annotated[ComparisonResults, Depends(_model_results)]
