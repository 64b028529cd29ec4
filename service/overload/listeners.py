"""Several listening handles, so that many clients may connect at once.

libuv, which uvloop is made of, accepts one connection for each listening handle in each turn of the
event loop. Under load a turn takes milliseconds, and a client that connects would wait in the
kernel, where it is neither counted nor refused. So there are several handles of the same socket.
"""

from service.overload.server import Server

HANDLES = 32  # connections accepted in one turn


def install(server: Server) -> None:
    """Listen at copies of the socket too; uvicorn closes them."""
    [listening] = server.sockets
    server.sockets += [listening.dup() for _ in range(HANDLES - 1)]
