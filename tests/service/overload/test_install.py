"""Each part can be left out alone, and the service answers and refuses as before."""

import re
import threading
from pathlib import Path

import httpx
import pytest
import uvicorn

from service import overload
from service.app import create_app
from service.inference import admission

PATH = "/v1/models/champion/predictions"
PARTS = {name: part for name, part in overload.PARTS.items() if name != "frozen_start"}


@pytest.mark.parametrize("left_out", [*PARTS, "nothing"])
def test_without_any_part_predictions_are_answered_and_refused(trained, png, monkeypatch, left_out):
    app = create_app(trained.settings)
    config = uvicorn.Config(app, port=0, log_level="warning")
    sockets = overload.install(
        app, config, [part for name, part in PARTS.items() if name != left_out]
    )
    server = uvicorn.Server(config)
    sockets[0].listen()
    thread = threading.Thread(target=server.run, args=(sockets,))
    thread.start()
    address = f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
    with httpx.Client(base_url=address, timeout=60) as client:
        answered = client.post(PATH, content=png())
        monkeypatch.setattr(admission, "MAX_REQUESTS", 0)
        refused = client.post(PATH, content=png())
    server.should_exit = True
    thread.join()

    assert (answered.status_code, refused.status_code) == (200, 429)
    assert refused.headers["Retry-After"]


def test_the_readme_describes_every_part_and_names_its_file():
    folder = Path(overload.__file__).parent
    described = re.findall(r"^## `(\w+)\.py`", (folder / "README.md").read_text(), re.MULTILINE)

    assert described == list(overload.PARTS)
    assert all((folder / f"{name}.py").exists() for name in described)
