"""The log of a job over HTTP."""

import os
from typing import Any

from workers.storage.job_logs import JobLogs

BODY = {"dataset": "digits", "architecture": "cnn"}


def test_the_last_lines_of_a_job_are_text_and_not_sent_twice(service: Any) -> None:
    job_id = service.http.post("/v1/jobs", json=BODY).json()["id"]
    log = JobLogs(service.settings.job_logs_folder).open(job_id)
    os.write(log, b"one\ntwo\nthree\n")
    answer = service.http.get("/v1/jobs/latest/log?tail=2")

    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text == "two\nthree\n"
    again = {"If-None-Match": answer.headers["ETag"]}
    assert service.http.get("/v1/jobs/latest/log?tail=2", headers=again).status_code == 304
    os.write(log, b"four\n")
    os.close(log)
    assert service.http.get("/v1/jobs/latest/log?tail=2", headers=again).text == "three\nfour\n"


def test_a_job_without_a_log_and_one_that_there_is_not_are_refused(service: Any) -> None:
    job_id = service.http.post("/v1/jobs", json=BODY).json()["id"]

    detail = service.refused(service.http.get(f"/v1/jobs/{job_id}/log"), 404)
    assert "it has not started" in detail
    assert "there is no job" in service.refused(service.http.get("/v1/jobs/abc/log"), 404)
    service.refused(service.http.get(f"/v1/jobs/{job_id}/log?tail=0"), 422)


def test_a_file_that_is_not_of_a_job_is_never_shown(service: Any) -> None:
    log = JobLogs(service.settings.job_logs_folder).open("worker")
    os.write(log, b"secret\n")
    os.close(log)

    for name in ("worker", "..%2Fworker", "..%2F..%2Fbakeoff"):
        service.refused(service.http.get(f"/v1/jobs/{name}/log"), 404)
