"""bakeoff serve: the REST API."""

import sys
from contextlib import suppress

import uvicorn

from bakeoff.commands._options import Port
from service.commands import app
from service.commands.up import on_port
from service.overload.early_refusals import RefusingProtocol
from service.overload.listeners import handles


@app.command()
def serve(port: Port = None) -> None:
    """Start the service alone; jobs wait until a worker runs."""
    chosen = on_port(port)
    config = uvicorn.Config(
        "service.app:from_environment",
        factory=True,
        host=chosen.host,
        port=chosen.port,
        timeout_graceful_shutdown=3,  # a stream of events would otherwise hold it up for ever
        http=RefusingProtocol,
        access_log=False,
    )
    config.load_app()
    server = uvicorn.Server(config)
    with suppress(KeyboardInterrupt):  # Ctrl-C, once uvicorn has stopped in order
        server.run(handles(config.bind_socket()))
    if not server.started:
        sys.exit(1)
