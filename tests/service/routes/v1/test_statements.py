"""What a request costs the database: no more statements for more rows, and none of them twice."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.statements import record_statements
from workers.queue import jobs
from workers.queue.jobs import JobRequest
from workers.storage import metrics, trained_models
from workers.storage.database import transaction, utc_now
from workers.storage.kind_names import TRAIN
from workers.storage.tables import Job, Model

numbers = itertools.count()


@contextmanager
def count_statements(service: Any) -> Iterator[Counter[str]]:
    """Every statement that the service executes, with its parameters, and how often.

    The look for API keys is left out: the cache repeats it every second, whatever is asked for.
    """
    counts: Counter[str] = Counter()
    with record_statements(service.http.app.state.database) as statements:
        yield counts
    counts.update(
        f"{statement.text} {statement.parameters}"
        for statement in statements
        if not statement.text.startswith("BEGIN") and "FROM api_keys" not in statement.text
    )


def statements_of(service: Any, method: str, path: str, **request: Any) -> int:
    """How many statements a request takes, none of which is executed twice."""
    with count_statements(service) as statements:
        answer = service.http.request(method, path, **request)
    assert answer.is_success, answer.text
    assert [statement for statement, count in statements.items() if count > 1] == []
    return statements.total()


def add_job(service: Any, **columns: Any) -> str:
    number = next(numbers)
    request = JobRequest(
        TRAIN, "digits", "cnn", options={"n": number}, recipe={}, recipe_hash="0", **columns
    )
    with transaction(service.http.app.state.database) as session:
        return jobs.enqueue(session, request, now=utc_now()).id


def add_comparison(service: Any) -> None:
    service.http.post("/v1/comparisons", json=comparison(seeds=2))


def add_trained_comparison(service: Any) -> None:
    """A comparison with one more seed than the last, of which every job has trained two epochs."""
    seeds = 2 + next(numbers) % 40
    made = service.http.post("/v1/comparisons", json=comparison(seeds=seeds)).json()
    with transaction(service.http.app.state.database) as session:
        for job in jobs.get_all(session, [job["id"] for job in made["jobs"]]):
            for epoch in (1, 2):
                values = {"validation_accuracy": 0.5, "seconds": 1.0}
                metrics.record(session, job.id, epoch, values, token=0)
            job.epoch = 2


def add_model(service: Any) -> str:
    """A model with two aliases, and a table of its latencies."""
    job_id = add_job(service)
    model = Model(
        id=f"model{job_id}",
        job_id=job_id,
        created_at=utc_now(),
        architecture="cnn",
        options={},
        dataset="digits",
        dataset_sha256="0",
        seed=0,
        recipe_hash="0",
        classes=["0", "1"],
        image_shape=[1, 8, 8],
        mean=[0.0],
        std=[1.0],
        num_parameters=1,
        validation_accuracy=1.0,
        test_accuracy=1.0,
        weights="weights",
        weights_sha256="0",
        weights_bytes=1,
        onnx=None,
    )
    with transaction(service.http.app.state.database) as session:
        session.add(model)
        session.flush()
        for alias in (f"a-{job_id}", f"b-{job_id}"):
            trained_models.set_alias(session, alias, model.id, engine=None, now=utc_now())
    return model.id


def add_fetch(service: Any) -> None:
    """A fetch of each dataset that is known."""
    for dataset in service.http.get("/v1/datasets").json()["items"]:
        service.http.post(f"/v1/datasets/{dataset['name']}/fetch")


def comparison(**more: Any) -> dict[str, Any]:
    return {"dataset": "digits", "architectures": ["cnn", "fully_connected"]} | more


@pytest.mark.parametrize(
    ("path", "add"),
    [
        ("/v1/jobs", add_job),
        ("/v1/jobs?search=cn&tag=keep", add_job),
        ("/v1/comparisons", add_comparison),
        ("/v1/comparisons?search=cn", add_comparison),
        ("/v1/models", add_model),
        ("/v1/models?search=cn", add_model),
        ("/v1/aliases", add_model),
        ("/v1/datasets", add_fetch),
        ("/v1/jobs/latest/metrics", add_job),
        ("/v1/comparisons/latest", add_comparison),
        ("/v1/comparisons/latest/curves", add_trained_comparison),
        ("/v1/models/latest", add_model),
    ],
)
def test_a_list_takes_as_many_statements_for_five_rows_as_for_one(
    service: Any, path: str, add: Callable[[Any], Any]
) -> None:
    add(service)
    with_one = statements_of(service, "GET", path)
    for _ in range(4):
        add(service)

    assert statements_of(service, "GET", path) == with_one


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "one"}])
def test_a_comparison_takes_as_many_statements_for_five_seeds_as_for_one(
    service: Any, headers: dict[str, str]
) -> None:
    one, five = ({name: f"{key} {n}" for name, key in headers.items()} for n in (1, 5))
    with_one = statements_of(
        service, "POST", "/v1/comparisons", json=comparison(seeds=1), headers=one
    )
    with_five = statements_of(
        service, "POST", "/v1/comparisons", json=comparison(seeds=5), headers=five
    )

    assert with_five == with_one


def test_the_cost_of_a_comparison_takes_as_many_statements_for_two_architectures_as_for_one(
    service: Any, npz: Any
) -> None:
    service.http.put("/v1/datasets/mine", content=npz(2))
    add_trained_comparison(service)
    one, two = (
        statements_of(
            service,
            "POST",
            "/v1/comparisons/cost",
            json=comparison(dataset="mine", architectures=architectures),
        )
        for architectures in (["cnn"], ["cnn", "fully_connected"])
    )

    assert one == two


def test_a_comparison_of_existing_jobs_takes_as_many_statements_for_six_as_for_two(
    service: Any,
) -> None:
    job_ids = [add_job(service) for _ in range(6)]
    with_two, with_six = (
        statements_of(service, "POST", "/v1/comparisons", json={"jobs": job_ids[:count]})
        for count in (2, 6)
    )

    assert with_six == with_two


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/jobs", {"dataset": "digits", "architecture": "cnn"}),
        ("/v1/comparisons", comparison()),
        ("/v1/models/latest/latency", {}),
    ],
)
def test_a_request_that_is_repeated_reads_what_it_made_once(
    service: Any, path: str, body: dict[str, Any]
) -> None:
    add_model(service)
    request = {"json": body, "headers": {"Idempotency-Key": "one"}}

    made = statements_of(service, "POST", path, **request)
    assert statements_of(service, "POST", path, **request) <= made


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/jobs/latest"),
        ("POST", "/v1/jobs/latest/cancel"),
        ("POST", "/v1/datasets/digits/fetch"),
    ],
)
def test_a_row_is_read_once(service: Any, method: str, path: str) -> None:
    add_job(service)
    with count_statements(service) as statements:
        service.http.request(method, path)

    assert set(statements.values()) == {1}


def test_jobs_are_added_in_their_order(service: Any) -> None:
    made = service.http.post("/v1/comparisons", json=comparison(seeds=[7, 3])).json()["jobs"]

    assert [(job["seed"], job["architecture"]) for job in made] == [
        (7, "cnn"),
        (7, "fully_connected"),
        (3, "cnn"),
        (3, "fully_connected"),
    ]
    with transaction(service.http.app.state.database, read_only=True) as session:
        listed = jobs.find(session, {}, limit=10).items
    assert isinstance(listed[0], Job)
    assert [job.id for job in reversed(listed)] == [job["id"] for job in made]
