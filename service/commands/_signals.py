"""SIGTERM as Ctrl-C: what systemd, Docker and Kubernetes send to stop a process."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def treat_sigterm_as_interrupt() -> Iterator[None]:
    """Let SIGTERM unwind the stack as Ctrl-C does, so that both stop everything the same way."""

    def interrupt(signum: int, frame: object) -> None:
        del signum, frame
        raise KeyboardInterrupt

    previous = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)
