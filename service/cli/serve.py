"""bakeoff serve: the REST API."""

import uvicorn

from service.cli import app
from service.cli.options import Port
from service.cli.up import on_port
from service.one_write import OneWriteProtocol


@app.command()
def serve(port: Port = None) -> None:
    """Start the service alone; jobs wait until a worker runs."""
    chosen = on_port(port)
    uvicorn.run(
        "service.app:from_environment",
        factory=True,
        host=chosen.host,
        port=chosen.port,
        timeout_graceful_shutdown=3,  # a stream of events would otherwise hold it up for ever
        http=OneWriteProtocol,
        access_log=False,
    )
