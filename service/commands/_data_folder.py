"""The data folder, which every command of the server writes to: refused at the start where it cannot."""

import tempfile
from pathlib import Path

from service.commands._listening import StartError
from workers.schema.migrate import PRIVATE
from workers.settings import Settings

PROBE_BYTES = 4096  # a block of most disks: an empty file fits on a full one


def refuse_unwritable(settings: Settings) -> None:
    """StartError unless files can be written to the data folder, which is made where it is missing."""
    folder = settings.data.resolve()
    try:
        folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(PROBE_BYTES))
            probe.flush()
    except OSError as error:
        raise StartError(
            f"nothing can be written to the data folder {folder} ({_reason(error)}); make room or change"
            " its permissions, or name another folder in BAKEOFF_DATA"
        ) from None


def _reason(error: OSError) -> str:
    about = f": {error.filename}" if error.filename and Path(error.filename).exists() else ""
    return f"{error.strerror}{about}"
