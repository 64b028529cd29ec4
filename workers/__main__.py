"""python -m workers: a worker that runs jobs until it is stopped (SIGINT or SIGTERM)."""

import signal
import threading

from workers.observability import logs, telemetry
from workers.running.executors.local import LocalExecutor
from workers.running.housekeeping import run_housekeeping
from workers.running.worker import Worker
from workers.settings import settings


def main() -> None:
    """Start a worker; on SIGINT or SIGTERM it gives its jobs back to the queue and ends."""
    logs.configure(settings().log_format)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda signum, frame: stop.set())  # noqa: ARG005 - Python passes both
    executor = LocalExecutor(settings())  # first: its forkserver must not inherit a database
    telemetry.start("worker")  # after the forkserver, which takes no thread along
    worker = Worker(settings(), executor)
    # In a thread that ends with the process: an artifact store may keep it waiting for minutes.
    threading.Thread(target=run_housekeeping, args=(settings(), stop), daemon=True).start()
    worker.run_forever(stop)
    telemetry.stop()


if __name__ == "__main__":
    main()
