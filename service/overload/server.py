"""The server that the parts of this room are installed in."""

import socket
from dataclasses import dataclass

from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


@dataclass
class Server:
    """The application, the class of its connections, and the sockets it listens at, before it starts."""

    app: FastAPI
    protocol: type[HttpToolsProtocol]
    sockets: list[socket.socket]

    def extend_protocol(self, mixin: type[HttpToolsProtocol], **attributes: object) -> None:
        """Let the methods of `mixin` come before those of the protocol so far."""
        self.protocol = type(mixin.__name__, (mixin, self.protocol), attributes)
