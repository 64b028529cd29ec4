"""Quantising a model over HTTP, with the worker."""

from workers.datasets.stored.store import DatasetStore
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import open_database, transaction
from workers.storage.ready_datasets import identities


def quantise(service, model="latest", **body):
    """Quantise a model, and return the job as it ends."""
    answer = service.http.post(f"/v1/models/{model}/quantise", json=body)
    assert answer.status_code == 202, answer.text
    service.work()
    return service.http.get(answer.headers["Location"]).json()


def prepared_file(service, dataset="digits"):
    artifacts = ArtifactStore(service.settings.resolved_artifacts_url)
    with transaction(open_database(service.settings.resolved_database_url)) as session:
        identity = identities(session, {dataset})[dataset]
    return DatasetStore(artifacts, service.settings.datasets_folder).path(identity, dataset)
