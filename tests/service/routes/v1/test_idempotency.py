"""The same request a hundred times at once has the effect of one."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any


def test_the_same_key_a_hundred_times_at_once_makes_one_job(service: Any) -> None:
    body = {"dataset": "digits", "architecture": "cnn"}

    def post(_: int) -> Any:
        return service.http.post("/v1/jobs", json=body, headers={"Idempotency-Key": "one"})

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(post, range(100)))

    accepted = [answer for answer in answers if answer.status_code == 202]
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert len({answer.json()["id"] for answer in accepted}) == 1
    assert len(service.http.get("/v1/jobs").json()["items"]) == 1
    assert post(0).json()["id"] == accepted[0].json()["id"]
