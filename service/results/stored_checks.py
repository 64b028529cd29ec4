"""What the last checks of a dataset found, read when a report tells it."""

import functools
from collections.abc import Sequence

from sqlalchemy.orm import Session

from service.analysis.results import CheckSentence
from workers.queue.dataset_checks import newest_checks
from workers.storage.ready_datasets import DatasetIdentity


class StoredChecks:
    """Gives the sentences of the newest checks when called; none where there were no checks."""

    def __init__(self, session: Session, identity: DatasetIdentity | None, dataset: str) -> None:
        self._session, self._identity, self._dataset = session, identity, dataset

    def __call__(self) -> Sequence[CheckSentence]:
        """Read them, once."""
        return self._sentences

    @functools.cached_property
    def _sentences(self) -> Sequence[CheckSentence]:
        if self._identity is None:
            return ()
        job = newest_checks(self._session, self._dataset, self._identity)
        result = job.result if job else None
        return [
            CheckSentence(finding["level"], finding["title"], finding["sentence"])
            for finding in (result or {}).get("findings", [])
        ]
