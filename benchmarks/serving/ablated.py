"""Our service without a part of `service.overload`.

`python -m benchmarks.serving.ablated PART PORT`; with a PART that there is not, the whole service.
"""

import sys

from service.commands import serve
from service.overload import PARTS
from workers.settings import settings


def main(left_out: str, port: str) -> None:
    """Serve until the process is stopped."""
    parts = [part for name, part in PARTS.items() if name != left_out]
    serve.run(settings().model_copy(update={"port": int(port)}), parts)


if __name__ == "__main__":
    main(*sys.argv[1:])
