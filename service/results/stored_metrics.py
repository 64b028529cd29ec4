"""The metrics of a comparison's jobs, read when a chart shows them: most charts show few or none."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy.orm import Session

from workers.storage import metrics

Curve = list[float | None]


class StoredMetrics:
    """Reads all names once, and all curves of a kind (`gradient_norm/…`) of all jobs at once."""

    def __init__(self, session: Session, job_ids: Sequence[str]) -> None:
        self._session, self._job_ids = session, job_ids
        self._names: dict[str, list[str]] | None = None
        self._curves: dict[str, dict[tuple[str, str], Curve]] = {}

    def of(self, job_id: str) -> Mapping[str, Curve]:
        """Name → value after each epoch, of one job."""
        return _JobMetrics(self, job_id)

    def names(self, job_id: str) -> list[str]:
        """The names of a job's metrics; none before its first epoch."""
        if self._names is None:
            self._names = metrics.names(self._session, self._job_ids)
        return self._names.get(job_id, [])

    def curve(self, job_id: str, name: str) -> Curve:
        """One metric of a job after each epoch; KeyError where there is none."""
        kind = name.partition("/")[0] if "/" in name else ""
        if kind not in self._curves:
            self._curves[kind] = metrics.curves(self._session, self._job_ids, kind)
        return self._curves[kind][job_id, name]


class _JobMetrics(Mapping[str, Curve]):
    def __init__(self, stored: StoredMetrics, job_id: str) -> None:
        self._stored, self._job_id = stored, job_id

    def __getitem__(self, name: str) -> Curve:
        return self._stored.curve(self._job_id, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._stored.names(self._job_id))

    def __len__(self) -> int:
        return len(self._stored.names(self._job_id))
