"""uvicorn's server, which breaks the streams of events when it stops."""

import re
import socket

import uvicorn

is_event_stream = re.compile(r"/v1/(?:jobs/[^/]+/)?events$").search


class Server(uvicorn.Server):
    """A server that streams of events do not hold up when it stops.

    uvicorn waits until every answer is complete, which a stream may never be. A stream is broken and
    not completed: a complete stream of a job says that the job has ended, while after a broken
    connection a client goes on from the last event that it has seen.
    """

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Break the streams, and stop as uvicorn does."""
        for connection in tuple(self.server_state.connections):
            cycle = getattr(connection, "cycle", None)  # websockets have none
            if cycle and not cycle.response_complete and is_event_stream(cycle.scope["path"]):
                cycle.transport.abort()  # what is on its way is sent again to whoever resumes
        await super().shutdown(sockets)
