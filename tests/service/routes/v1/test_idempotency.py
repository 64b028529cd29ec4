"""The same request a hundred times at once has the effect of one."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any


def test_the_same_key_a_hundred_times_at_once_makes_one_job(service: Any) -> None:
    body = {"dataset": "digits", "architecture": "cnn"}

    def post(_: int) -> Any:
        return service.http.post("/v1/jobs", json=body, headers={"Idempotency-Key": "one"})

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(post, range(100)))

    accepted = [one for one in answers if one.status_code == 202]
    assert {one.status_code for one in answers} <= {202, 409}
    assert len({one.json()["id"] for one in accepted}) == 1
    assert len(service.http.get("/v1/jobs").json()["items"]) == 1
    assert post(0).json()["id"] == accepted[0].json()["id"]
