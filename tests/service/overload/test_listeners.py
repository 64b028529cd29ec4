"""Several handles of one socket, so that many clients may connect at once."""

import uvicorn
from fastapi import FastAPI

from service import overload
from service.overload import listeners


def test_the_sockets_are_handles_of_one():
    config = uvicorn.Config(FastAPI(), port=0, log_level="warning")
    sockets = overload.install(FastAPI(), config, [listeners.install])

    assert len(sockets) == listeners.HANDLES
    assert len({listening.getsockname() for listening in sockets}) == 1
    for listening in sockets:
        listening.close()
