"""A socket at which many may connect at idempotency.

libuv, which uvloop is made of, accepts one connection for each listening handle in each turn of the
event loop. Under load a turn takes milliseconds, and whoever connects would wait in the kernel,
where nobody counts or refuses him. So there are several handles on the same socket.
"""

import socket

AT_ONCE = 32  # connections accepted in one turn


def handles(listening: socket.socket) -> list[socket.socket]:
    """The socket, and copies of it; uvicorn listens at each of them and closes them."""
    return [listening, *(listening.dup() for _ in range(AT_ONCE - 1))]
