"""This project's preparation of an upload; prints its seconds and the peak of its memory as JSON.

`python -m benchmarks.uploads.prepared ARCHIVE [SIZE]`
"""

import json
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from benchmarks.uploads.memory import memory_mib


def main(archive: Path, size: int | None) -> None:
    """Prepare the archive in a temporary folder."""
    # Imported here: the processes that decode import this module again, and in the service one that
    # imports as little.
    from workers.datasets.preparing.decode import report_nothing
    from workers.datasets.preparing.uploaded_file import prepare_file
    from workers.datasets.upload_options import UploadOptions

    started = perf_counter()
    with tempfile.TemporaryDirectory(dir=archive.parent) as folder:
        target = Path(folder) / "prepared.safetensors"
        description = prepare_file(archive, target, UploadOptions(size, size), report_nothing)
        seconds = perf_counter() - started
    peak = memory_mib("VmHWM")
    images = sum(description.sizes.values())
    sys.stdout.write(json.dumps({"seconds": seconds, "images": images, "peak_mib": peak}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else None)  # noqa: PLR2004
