"""An upload with difficult names, its checks, and measurements of a model, for pages that show them."""

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

import numpy as np
from PIL import Image

from tests.service.conftest import Service
from tests.service.dashboard.installation import MARKUP
from workers.queue import jobs
from workers.queue.jobs import JobRequest
from workers.storage.database import open_database, transaction
from workers.storage.tables import JobStatus

CLASSES = ("rose", MARKUP, "a class whose name is a whole sentence, " * 3)
PER_CLASS = 12


def flowers(classes: tuple[str, ...] = CLASSES, damaged: int = 0) -> bytes:
    """A zip of small colour images and a table of their labels; two images of each class are equal."""
    generator = np.random.default_rng(0)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        lines = ["file\tlabel"]
        for label, name in enumerate(classes):
            for number in range(PER_CLASS):
                pixels = generator.integers(0, 256, (16, 16, 3), dtype=np.uint8)
                if number == 0:
                    first = pixels
                file = f"{label}_{number}.png"
                archive.writestr(file, _png(first if number == 1 else pixels))
                lines.append(f"{file}\t{name.strip()}")
        for number in range(damaged):
            archive.writestr(f"broken_{number}.png", b"not an image")
            lines.append(f"broken_{number}.png\t{classes[0]}")
        archive.writestr("labels.tsv", "\n".join(lines))
    return written.getvalue()


def _png(pixels: np.ndarray) -> bytes:
    written = io.BytesIO()
    Image.fromarray(pixels).save(written, "PNG")
    return written.getvalue()


def add_records(service: Service) -> None:
    """An uploaded dataset, what checks find in it and in digits, and two measurements of a model."""
    answer = service.http.put("/v1/datasets/flowers?damaged=skip", content=flowers(damaged=2))
    assert answer.status_code == 201, answer.text
    service.http.post("/v1/datasets/digits/checks")
    service.work(jobs=2)
    model = service.http.get("/v1/models/latest").json()
    _write(service, "latency", model, _latency(model["id"]))
    _write(service, "quantise", model, _quantisation(model["id"]))
    service.http.patch(
        f"/v1/models/{model['id']}",
        json={"name": MARKUP, "note": "First line\nand a second", "tags": ["baseline", "keep"]},
    )


def _write(service: Service, kind: str, model: dict[str, Any], result: dict[str, Any]) -> None:
    """A job about a model that has ended with this result."""
    now = datetime.now(UTC)
    request = JobRequest(
        kind=kind,
        dataset=model["dataset"],
        architecture=model["architecture"],
        options={},
        model_id=model["id"],
    )
    with transaction(open_database(service.settings.resolved_database_url)) as session:
        job = jobs.enqueue(session, request, now=now)
        job.status, job.started_at, job.finished_at, job.result = (
            JobStatus.SUCCEEDED,
            now,
            now,
            result,
        )


def _row(engine: str, batch_size: int, threads: int, seconds: float) -> dict[str, Any]:
    ends = {"p50_low": 0.98 * seconds, "p50_high": 1.03 * seconds, "p99_low": None}
    return {
        "engine": engine,
        "device": "cpu",
        "batch_size": batch_size,
        "threads": threads,
        "samples": 1000,
        "p50": seconds,
        "p90": 1.2 * seconds,
        "p99": 2.4 * seconds,
        "p99_high": None,
        "images_per_second": batch_size / seconds,
        "others_busy": 0.1,
        **ends,
    }


MACHINE = {
    "device_name": "AMD EPYC 9B14 96-Core Processor",
    "cores": 2,
    "versions": {"torch": "2.13.0"},
}


def _latency(model_id: str) -> dict[str, Any]:
    rows = [
        _row(engine, size, threads, seconds * size**0.8 / threads**0.3)
        for engine, seconds in (("onnxruntime", 27e-6), ("torch", 122e-6))
        for size in (1, 8, 64)
        for threads in (1, 2)
    ]
    reason = "it needs a graphics card"
    skipped = [{"engine": "torch_script", "threads": 1, "batch_size": None, "reason": reason}]
    return {
        "model_id": model_id,
        "rows": rows,
        "skipped": skipped,
        "load_average": 0.4,
        **MACHINE,
    }


def _quantisation(model_id: str) -> dict[str, Any]:
    pair = {"original": _row("onnxruntime", 1, 1, 47e-6), "int8": _row("onnxruntime", 1, 1, 31e-6)}
    return {
        "model_id": "0int8int8int",
        "quantised_from": model_id,
        "right": {"both": 330, "original": 4, "int8": 2, "neither": 24},
        "margin": 0.01,
        "different_labels": 9,
        "max_probability_difference": 0.08,
        "bytes": {"original": 208_000, "int8": 61_000},
        "latency": [pair],
        "calibration": {"images": 256, "seed": 0},
        **MACHINE,
    }
